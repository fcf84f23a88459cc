/**
 * A YAML document → plain values, each with the place where it stands in the text. Aliases and merge keys (`<<`) are resolved; what they
 * bring keeps the place where it was written. Values are shared, never copied, so aliases cost nothing, and their sum is bounded.
 */
import * as Result from "effect/Result"
import { type Document, isAlias, isMap, isScalar, isSeq, type Alias, type Pair, type ParsedNode, type YAMLMap } from "yaml"
import { labError, type LabError } from "../LabError.ts"
import { nearest } from "../Nearest.ts"
import type { Source, Span } from "./Source.ts"

export interface Place {
  readonly value: unknown
  readonly span: Span
  /** Of the key that leads here; absent at the root and in lists. */
  readonly key?: Span
  readonly children: ReadonlyMap<string, Place>
  /** How many values it holds with all aliases written out. */
  readonly weight: number
}

/** Values of a manifest with all aliases written out. */
export const weightLimit = 20_000

type Loose = ParsedNode | null

const leaf = (value: unknown, span: Span): Place => ({ value, span, children: new Map(), weight: 1 })

/** Numbers and booleans are texts where they are keys. */
const keyText = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined

/** An own property whatever its name: `__proto__` must not reach the prototype. */
const put = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

export interface Located {
  readonly root: Place
  /** Keys that stand twice; the first counts. */
  readonly duplicates: ReadonlyArray<LabError>
}

/** Fails when a part is missing without which the rest would only seem to be wrong. */
export const locate = (source: Source, document: Document.Parsed<ParsedNode>): Result.Result<Located, ReadonlyArray<LabError>> => {
  const mistakes: Array<LabError> = []
  const duplicates: Array<LabError> = []
  /** `open` while the anchor's own content is being read. */
  const anchors = new Map<string, Place | "open">()
  let exploded = false
  /** Entries that merge keys have copied so far. */
  let merges = 0

  const spanOf = (node: Loose, fallback: number): Span => (node === null ? [fallback, fallback + 1] : [node.range[0], node.range[1]])

  const explode = (span: Span): void => {
    if (!exploded) mistakes.push(labError("MANIFEST_EXPANDS_TOO_FAR", { limit: weightLimit }, source.locate(span)))
    exploded = true
  }

  const weigh = (place: Place): Place => {
    if (place.weight > weightLimit) explode(place.span)
    return place
  }

  const inherit = (children: Map<string, Place>, from: Place): void => {
    merges += from.children.size
    if (merges > weightLimit) explode(from.span)
    else for (const [key, child] of from.children) if (!children.has(key)) children.set(key, child)
  }

  const alias = (node: Alias.Parsed): Place => {
    const span: Span = [node.range[0], node.range[1]]
    const target = anchors.get(node.source)
    if (target === "open") mistakes.push(labError("MANIFEST_ALIAS_LOOP", { alias: node.source }, source.locate(span)))
    else if (target === undefined) {
      mistakes.push(
        labError("MANIFEST_UNKNOWN_ALIAS", { alias: node.source, nearest: nearest(node.source, anchors.keys()) }, source.locate(span))
      )
    } else return { ...target, span }
    return leaf(null, span)
  }

  const mergeInto = (merged: Map<string, Place>, place: Place): void => {
    const list = Array.isArray(place.value) ? [...place.children.values()] : [place]
    for (const each of list) {
      if (typeof each.value === "object" && each.value !== null && !Array.isArray(each.value)) inherit(merged, each)
      else mistakes.push(labError("MANIFEST_MERGE", {}, source.locate(each.span)))
    }
  }

  const map = (node: YAMLMap.Parsed): Place => {
    const own = new Map<string, Place>()
    const merged = new Map<string, Place>()
    const end = node.range[1]
    for (const pair of node.items as ReadonlyArray<Pair<ParsedNode, Loose>>) {
      if (exploded) break
      const key = spanOf(pair.key, end)
      const value = read(pair.value, key[1])
      const name = isScalar(pair.key) ? keyText(pair.key.value) : undefined
      if (name === undefined) {
        mistakes.push(labError("MANIFEST_KEY", {}, source.locate(key)))
        continue
      }
      if (name === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
        mergeInto(merged, value)
        continue
      }
      const earlier = own.get(name)
      if (earlier === undefined) own.set(name, { ...value, key })
      else
        duplicates.push(
          labError("MANIFEST_DUPLICATE_KEY", { key: name, line: source.locate(earlier.key ?? earlier.span).line }, source.locate(key))
        )
    }
    for (const [name, place] of merged) if (!own.has(name)) own.set(name, place)
    const value = {}
    let weight = 1
    for (const [name, place] of own) {
      put(value, name, place.value)
      weight += place.weight
    }
    return weigh({ value, span: [node.range[0], end], children: own, weight })
  }

  const seq = (items: ReadonlyArray<Loose>, span: Span): Place => {
    const places: Array<Place> = []
    let weight = 1
    for (const item of items) {
      if (exploded) break
      const place = read(item, span[1])
      places.push(place)
      weight += place.weight
    }
    const children = new Map(places.map((place, index) => [String(index), place]))
    return weigh({ value: places.map((place) => place.value), span, children, weight })
  }

  const read = (node: Loose, fallback: number): Place => {
    if (node === null) return leaf(null, [fallback, fallback + 1])
    if (isAlias(node)) return alias(node)
    if (node.anchor !== undefined) anchors.set(node.anchor, "open")
    const place = isMap(node)
      ? map(node)
      : isSeq(node)
        ? seq(node.items, [node.range[0], node.range[1]])
        : leaf(node.value, [node.range[0], node.range[1]])
    if (node.anchor !== undefined) anchors.set(node.anchor, place)
    return place
  }

  const root = read(document.contents, 0)
  return mistakes.length > 0 ? Result.fail([...mistakes, ...duplicates]) : Result.succeed({ root, duplicates })
}

/** The deepest place of the path that exists, and whether it is the whole path. */
export const find = (root: Place, path: ReadonlyArray<string | number>): { readonly place: Place; readonly whole: boolean } => {
  let place = root
  for (const step of path) {
    const next = place.children.get(String(step))
    if (next === undefined) return { place, whole: false }
    place = next
  }
  return { place, whole: true }
}
