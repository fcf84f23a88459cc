/** Volumes of kinds that are gone, and files of a volume that hide each other. */
import type { JsonRecord } from "../Json.ts"
import { at, isArray, isRecord, record, records } from "../Json.ts"
import { text } from "../validation/Check.ts"
import { quote } from "../validation/Report.ts"
import { claimWarnings } from "./Claim.ts"

type Warn = (text: string) => void

/** Key in the API, name in the message, what is said. */
const retired: ReadonlyArray<readonly [key: string, name: string, why: string]> = [
  ["photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"],
  ["scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"]
]

interface File {
  readonly path: string
  readonly source: string
}

const shown = ({ path, source }: File): string => (source === "" ? quote(path) : `${quote(path)} (${source})`)

const filesOf = (items: unknown, source: string): ReadonlyArray<File> =>
  records(items).map((item) => ({ path: text(item, "path"), source }))

const overlaps = (one: File, other: File): boolean =>
  one.path !== "" && other.path !== "" && (`${one.path}/`.startsWith(`${other.path}/`) || `${other.path}/`.startsWith(`${one.path}/`))

/** Each file against those before it. */
const collisions = (files: ReadonlyArray<File>, known: Array<File>): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const { path, source } of files) {
    const file = { path: path.replace(/\/+$/, ""), source }
    for (const other of known) if (overlaps(file, other)) found.push(`${shown(file)} with ${shown(other)}`)
    known.push(file)
  }
  return found
}

const named = (kind: string, value: JsonRecord): string => `${kind} ${quote(text(value, "name"))}`

const sourceFiles = (source: JsonRecord): ReadonlyArray<File> => {
  const { configMap, downwardAPI, secret, serviceAccountToken } = source
  if (isRecord(configMap) && isArray(configMap["items"])) return filesOf(configMap["items"], named("ConfigMap", configMap))
  if (isRecord(secret) && isArray(secret["items"])) return filesOf(secret["items"], named("Secret", secret))
  if (isRecord(downwardAPI) && isArray(downwardAPI["items"])) return filesOf(downwardAPI["items"], "DownwardAPI")
  return isRecord(serviceAccountToken) ? [{ path: text(serviceAccountToken, "path"), source: "ServiceAccountToken" }] : []
}

const overlapping = (volume: JsonRecord, warn: Warn): void => {
  const name = quote(text(volume, "name"))
  const say = (what: string, files: ReadonlyArray<File>, known: Array<File>) => {
    for (const collision of collisions(files, known)) warn(`volume ${name} (${what}): overlapping paths: ${collision}`)
  }
  const { configMap, downwardAPI, projected, secret } = volume
  if (isRecord(configMap)) say(named("ConfigMap", configMap), filesOf(configMap["items"], ""), [])
  if (isRecord(secret)) say(`Secret ${quote(text(secret, "secretName"))}`, filesOf(secret["items"], ""), [])
  if (isRecord(downwardAPI)) say("DownwardAPI", filesOf(downwardAPI["items"], ""), [])
  if (!isRecord(projected)) return
  const known: Array<File> = []
  for (const source of records(projected["sources"])) {
    if (Object.values(source).every((value) => value === undefined)) warn(`volume ${name} (Projected) has no sources provided`)
    else say("Projected", sourceFiles(source), known)
  }
}

export const volumeWarnings = (volumes: ReadonlyArray<JsonRecord>, path: string, warn: Warn): void => {
  for (const [i, volume] of volumes.entries()) {
    for (const [key, name, why] of retired.slice(0, 7)) if (volume[key] !== undefined) warn(`${path}[${i}].${name}: ${why}`)
    const claim = at(volume, "ephemeral", "volumeClaimTemplate")
    if (isRecord(claim)) {
      for (const one of claimWarnings(record(claim["spec"]), `${path}[${i}].ephemeral.volumeClaimTemplate.spec`)) warn(one)
    }
    for (const [key, name, why] of retired.slice(7)) if (volume[key] !== undefined) warn(`${path}[${i}].${name}: ${why}`)
  }
  for (const volume of volumes) overlapping(volume, warn)
}
