/**
 * Pages of a list. A page token names the revision of the first page and the key after the last object, so that all pages show one moment; a
 * token whose revision was compacted away answers 410 with a token by which the client may go on at the present one.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as GoJson from "../GoJson.ts"
import type { Change } from "../Store.ts"

const version = "meta.k8s.io/v1"

export interface Token {
  /** -1: whatever is the present one. */
  readonly revision: number
  /** Objects with this key or a later one are left. */
  readonly start: string
}

/** An object's key under the collection that is listed: of one namespace, or of all. */
export const keyOf = (object: KubeObject, namespace: string): string =>
  namespace === "" && object.metadata.namespace !== undefined
    ? `${object.metadata.namespace}/${object.metadata.name}`
    : `/${object.metadata.name}`

const Content = Schema.Struct({ v: Schema.String, rv: Schema.Int, start: Schema.String })
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Content))

export const write = ({ revision, start }: Token): string =>
  Buffer.from(`{"v":"${version}","rv":${revision},"start":${JSON.stringify(start)}}`).toString("base64url")

/** The token of the page after this object. */
export const after = (revision: number, key: string): string => write({ revision, start: `${key}\u0000` })

const failure = (why: string): Result.Result<never, string> => Result.fail(`invalid continue token: continue key is not valid: ${why}`)

/** Fails with the server's words. */
export const read = (text: string): Result.Result<Token, string> => {
  const illegal = /[^A-Za-z0-9_-]/.exec(text)
  if (illegal !== null || text.length % 4 === 1) return failure(`illegal base64 data at input byte ${illegal?.index ?? text.length - 1}`)
  const json = Buffer.from(text, "base64url").toString("latin1")
  const error = GoJson.scan(json).error
  if (error !== undefined) return failure(error)
  const content = Option.getOrUndefined(decode(json))
  if (content === undefined || content.v !== version) {
    return failure(`server does not recognize this encoded version ${content?.v ?? ""}`)
  }
  if (content.rv === 0) return failure(`incorrect encoded start resourceVersion (version ${version})`)
  if (content.start === "") return failure(`encoded start key empty (version ${version})`)
  return Result.succeed({ revision: content.rv, start: content.start })
}

/** A collection as it was before these changes. */
export const before = (
  objects: ReadonlyArray<KubeObject>,
  changes: ReadonlyArray<Change>,
  resource: string,
  namespace: string | undefined
): ReadonlyArray<KubeObject> => {
  const keyed = new Map(objects.map((object) => [`${object.metadata.namespace ?? ""}/${object.metadata.name}`, object]))
  let touched = false
  for (const change of changes.toReversed()) {
    if (change.resource !== resource) continue
    const { name, namespace: own = "" } = change.object.metadata
    if (namespace !== undefined && own !== namespace) continue
    touched = true
    if (change.previous === undefined) keyed.delete(`${own}/${name}`)
    else keyed.set(`${own}/${name}`, change.previous)
  }
  if (!touched) return objects
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
