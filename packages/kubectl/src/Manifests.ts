/** The objects of `-f`: files and folders of the caller's file system, or stdin. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { parseAllDocuments } from "yaml"
import { type ApiResource, ofKind } from "./Discovery.ts"
import { type Failure, failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import type { Invocation, Problem } from "./Invocation.ts"

export interface Manifest {
  readonly source: string
  readonly object: KubeObject
  readonly resource: ApiResource
  /** Empty for cluster-scoped resources. */
  readonly namespace: string
}

const endings = [".yaml", ".yml", ".json"]

const texts = Effect.fnUntraced(function* (
  inv: Invocation,
  path: string
): Effect.fn.Return<ReadonlyArray<readonly [string, string]>, Failure> {
  if (path === "-") return [["STDIN", inv.stdin]]
  if (/^https?:\/\//u.test(path)) return yield* failure(`unable to read URL ${JSON.stringify(path)}: there is no network here`)
  const folder = yield* inv.files.list(path)
  if (folder === undefined) {
    const text = yield* inv.files.read(path)
    return text === undefined ? yield* failure(`the path ${JSON.stringify(path)} does not exist`) : [[path, text]]
  }
  const files = folder.filter((file) => endings.some((ending) => file.endsWith(ending)))
  if (files.length === 0) return yield* failure(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
  return yield* Effect.forEach(files, (file) => Effect.map(inv.files.read(file), (text) => [file, text ?? ""] as const))
})

/** The documents of a YAML or JSON text, lists taken apart. */
export const documents = (source: string, text: string): Effect.Effect<ReadonlyArray<KubeObject>, Failure> =>
  Effect.gen(function* () {
    const out: Array<KubeObject> = []
    for (const document of parseAllDocuments(text, { version: "1.1", merge: true })) {
      const [error] = document.errors
      if (error !== undefined) {
        const line = error.linePos?.[0].line ?? 0
        return yield* failure(
          `error parsing ${source}: error converting YAML to JSON: yaml: line ${line}: ${error.message.split(" at line ")[0] ?? ""}`
        )
      }
      const value: unknown = document.toJS({ maxAliasCount: 100 })
      if (value === null || value === undefined) continue
      const items =
        Fields.text(value, "kind").endsWith("List") && Array.isArray(Fields.at(value, "items")) ? Fields.list(value, "items") : [value]
      for (const item of items) {
        const missing = ["apiVersion", "kind"].filter((key) => Fields.text(item, key) === "")
        if (missing.length > 0) {
          const what = missing.map((key) => `${key} not set`).join(", ")
          return yield* failure(
            `error validating ${JSON.stringify(source)}: error validating data: ${missing.length === 1 ? what : `[${what}]`}; if you choose to ignore these errors, turn validation off with --validate=false`
          )
        }
        const object = { metadata: {}, ...Fields.record(item) }
        if (Fields.isObject(object)) out.push(object)
      }
    }
    return out
  })

/** All objects of the command line's `-f`, with the resources they belong to. */
export const manifests = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<Manifest>, Problem> {
  const out: Array<Manifest> = []
  const paths = inv.line.texts("filename")
  if (paths.length === 0) return out
  const discovery = yield* inv.directory.all
  for (const path of paths) {
    for (const [source, text] of yield* texts(inv, path)) {
      for (const object of yield* documents(source, text)) {
        const resource = ofKind(discovery, object.apiVersion, object.kind)
        const { name, namespace: own = "" } = object.metadata
        if (resource === undefined) {
          return yield* failure(
            `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`
          )
        }
        if (resource.namespaced && own !== "" && inv.line.has("namespace") && own !== inv.namespace) {
          return yield* failure(
            `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(inv.namespace)}. You must pass '--namespace=${own}' to perform this operation.`
          )
        }
        const namespace = resource.namespaced ? own || inv.namespace : ""
        out.push({ source, resource, namespace, object: resource.namespaced ? Fields.withMetadata(object, { namespace }) : object })
      }
    }
  }
  return out
})
