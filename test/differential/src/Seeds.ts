/** The valid objects of each kind that everything else is made from: `seeds/<kind>.yaml`, a minimal one and a rich one. */
import { isRecord, record } from "@aiopslab/kubernetes/Json"
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { parseAllDocuments } from "yaml"

export interface Seed {
  readonly minimal: JsonRecord
  readonly rich: JsonRecord
}

/** `name` takes the place of NAME in the file; `suite`, the namespace, that of PLACE; it is a label too, to list by. */
export type Seeds = (name: string, suite: string) => Seed

/** Less than `places`; no two names of one kind share one. */
const placeOf = (name: string, places: number, seed: number): number =>
  Array.from(name).reduce((sum, letter) => (sum * 4 + (letter.codePointAt(0) ?? 0)) % places, seed)

const octetOf = (name: string): number => placeOf(name, 250, 7) + 1

/** Of the first 86 ports, from which a server draws none while there are others. */
const portOf = (name: string, digit: number): number => 30_000 + 3 * placeOf(name, 27, 1) + digit

const folder = new URL("../seeds/", import.meta.url).pathname

/** Reviews have no metadata. */
const labelled = (object: JsonRecord, suite: string): JsonRecord => {
  const metadata = record(object["metadata"])
  if (metadata["name"] === undefined) return object
  return { ...object, metadata: { ...metadata, labels: { ...record(metadata["labels"]), suite } } }
}

export const read = Effect.fnUntraced(function* (label: string) {
  const fs = yield* FileSystem.FileSystem
  const file = `${folder}${label}.yaml`
  if (!(yield* fs.exists(file))) return undefined
  const text = yield* fs.readFileString(file)
  const seeds: Seeds = (name, suite) => {
    const [minimal, rich] = parseAllDocuments(
      text
        .replaceAll("NAME", name)
        .replaceAll("PLACE", suite)
        .replaceAll(/PORT(\d)/g, (_, digit: string) => String(portOf(name, Number(digit))))
        .replaceAll("OCTET", String(octetOf(name)))
    ).map((document): unknown => document.toJS())
    if (!isRecord(minimal) || !isRecord(rich)) throw new Error(`${file}: a minimal and a rich object, please`)
    return { minimal: labelled(minimal, suite), rich: labelled(rich, suite) }
  }
  return seeds
})
