/**
 * Requests made at random from valid ones: a field becomes something else, goes, or comes twice as deep; a path, a query, a method, a patch go wrong.
 * Everything follows from a seed.
 */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { isArray, isRecord, type JsonRecord, record } from "@aiopslab/kubernetes/Json"
import * as Tree from "./Tree.ts"

export interface Chance {
  /** A whole number from 0 to below the limit. */
  readonly below: (limit: number) => number
}

/** mulberry32, by Tommy Ettinger: small, and enough here. */
export const chance = (seed: number): Chance => {
  let state = seed >>> 0
  return {
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
    }
  }
}

const pick = <A>(from: ReadonlyArray<A>, { below }: Chance): A | undefined => from[below(from.length)]

const oddities: ReadonlyArray<unknown> = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  65_536,
  2_147_483_648,
  9_007_199_254_740_991,
  1e300,
  "",
  " ",
  "-",
  "a",
  "A_b",
  "100m",
  "-5Gi",
  "1e3",
  "50%",
  "*/5 * * * *",
  "2020-01-01T00:00:00Z",
  "not/a/path/..",
  "\u0000",
  "\ud83d",
  "$(A)",
  "constructor",
  "toString",
  "length",
  "x".repeat(300),
  [],
  [null],
  [[]],
  ["a", "a"],
  [{}],
  {},
  { "": "" },
  { constructor: null, toString: 1, hasOwnProperty: "x" },
  { name: "a" },
  { matchLabels: null, matchExpressions: [{ operator: "In" }] }
]

const paths = (value: unknown, path: Tree.Path = []): ReadonlyArray<Tree.Path> => [
  path,
  ...(isArray(value)
    ? value.flatMap((item, i) => paths(item, [...path, i]))
    : isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => paths(item, [...path, key]))
      : [])
]

/** Up to four places of it are something else. */
export const mutated = (object: unknown, random: Chance): unknown => {
  let out = object
  for (let times = random.below(5); times > 0; times--) {
    const places = paths(out)
    const path = pick(places, random) ?? []
    switch (random.below(5)) {
      case 0:
        out = Tree.remove(out, path)
        break
      case 1: {
        const other = pick(places, random) ?? []
        out = Tree.set(out, path, Tree.at(out, other))
        break
      }
      case 2: {
        const value = Tree.at(out, path)
        out = Tree.set(out, path, isArray(value) ? [...value, ...value] : isRecord(value) ? { ...value, odd: value } : [value])
        break
      }
      default:
        out = Tree.set(out, path, pick(oddities, random))
    }
  }
  return out
}

const queries: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["dryRun", ["All", "", "None", "x"]],
  ["fieldManager", ["fuzz", "", "\n", "x".repeat(200)]],
  ["fieldValidation", ["Strict", "Warn", "Ignore", "x"]],
  ["force", ["true", "false", "x"]],
  ["limit", ["1", "0", "-1", "x", "99999999999999999999"]],
  ["continue", ["x", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0="]],
  ["labelSelector", ["a", "!a", "a in (b,c)", "a=b,c!=d", "((", "a in", "=", ",", "a notin ()"]],
  ["fieldSelector", ["metadata.name=x", "status.phase!=Running", "x=y", "==", "metadata.name"]],
  ["resourceVersion", ["0", "1", "99999", "-1", "x", ""]],
  ["resourceVersionMatch", ["Exact", "NotOlderThan", "x"]],
  ["sendInitialEvents", ["true", "false", "x"]],
  ["propagationPolicy", ["Foreground", "Orphan", "Background", "x"]],
  ["gracePeriodSeconds", ["0", "-1", "x"]],
  ["orphanDependents", ["true", "x"]],
  ["pretty", ["true"]],
  ["container", ["a", ""]],
  ["tailLines", ["-1", "x", "5"]]
]

const patches = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
  "application/json",
  "text/plain"
]

const accepts = [
  "application/json",
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
  "x/y"
]

const subresources = [
  "",
  "",
  "",
  "",
  "status",
  "scale",
  "log",
  "finalize",
  "eviction",
  "binding",
  "token",
  "approval",
  "resize",
  "ephemeralcontainers",
  "proxy",
  "x"
]

const operation = (object: unknown, random: Chance): JsonRecord => {
  const pointer = (): string =>
    `/${(pick(paths(object), random) ?? []).join("/")}${pick(["", "", "", "/-", "/x", "/~1", "/0", "/-1"], random)}`
  return {
    op: pick(["add", "remove", "replace", "copy", "move", "test", "x"], random),
    path: pointer(),
    from: pointer(),
    value: pick(oddities, random)
  }
}

export interface Target {
  readonly collection: string
  readonly name: string
  readonly object: JsonRecord
}

/** A request about one of the targets, or nearly. */
export const request = (targets: ReadonlyArray<Target>, random: Chance): KubeRequest => {
  const { collection, name, object } = pick(targets, random) ?? { collection: "/", name: "", object: {} }
  const sub = pick(subresources, random) ?? ""
  const path = [collection, name, ...(sub === "" ? [] : [sub])].join("/")
  const query = Object.fromEntries(
    Array.from({ length: random.below(4) === 0 ? 1 + random.below(3) : 0 }, () => {
      const [key, values] = pick(queries, random) ?? ["x", [""]]
      return [key, pick(values, random) ?? ""]
    })
  )
  const accept = random.below(4) === 0 ? { accept: pick(accepts, random) ?? "" } : {}
  const common = { query, ...accept }
  switch (random.below(8)) {
    case 0:
      return { method: "GET", path: random.below(2) === 0 ? collection : path, ...common }
    case 1:
      return {
        method: "DELETE",
        path: random.below(8) === 0 ? collection : path,
        body: mutated({ kind: "DeleteOptions", apiVersion: "v1" }, random),
        ...common
      }
    case 2:
    case 3:
      return { method: "PUT", path, body: mutated(object, random), ...common }
    case 4:
    case 5: {
      const contentType = pick(patches, random) ?? ""
      const body = contentType.includes("json-patch")
        ? Array.from({ length: 1 + random.below(4) }, () => operation(object, random))
        : mutated(object, random)
      return { method: "PATCH", path, contentType, body, ...common, query: { fieldManager: "fuzz", ...query } }
    }
    default: {
      const other = random.below(2) === 0 ? object : record(Tree.set(object, ["metadata", "name"], `fuzz-${random.below(50)}`))
      return { method: "POST", path: random.below(6) === 0 ? path : collection, body: mutated(other, random), ...common }
    }
  }
}
