/** The objects of `-f`: files and folders of the caller's file system, or stdin. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as GoJson from "@aiopslab/kubernetes/GoJson"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parseAllDocuments, type YAMLParseError } from "yaml"
import type { ApiResource } from "./Discovery.ts"
import { type Failure, failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import type { Invocation, Problem } from "./Invocation.ts"

export interface Manifest {
  readonly source: string
  /** As it stands in the file. */
  readonly written: KubeObject
  /** The same in its namespace. */
  readonly object: KubeObject
  readonly resource: ApiResource
  /** Empty for cluster-scoped resources. */
  readonly namespace: string
}

const endings = [".yaml", ".yml", ".json"]

const filesOf: (inv: Invocation, folder: string) => Effect.Effect<ReadonlyArray<string> | undefined> = Effect.fnUntraced(
  function* (inv, folder) {
    const found = yield* inv.files.list(folder)
    if (found === undefined || !inv.line.isSet("recursive")) return found
    const deeper = yield* Effect.forEach(found, (path) => Effect.map(filesOf(inv, path), (inside) => inside ?? [path]))
    return deeper.flat()
  }
)

const texts = Effect.fnUntraced(function* (
  inv: Invocation,
  path: string
): Effect.fn.Return<ReadonlyArray<readonly [string, string]>, Failure> {
  if (path === "-") return [["STDIN", inv.stdin]]
  if (/^https?:\/\//u.test(path)) return yield* failure(`unable to read URL ${JSON.stringify(path)}: there is no network here`)
  const folder = yield* filesOf(inv, path)
  if (folder === undefined) {
    const text = yield* inv.files.read(path)
    return text === undefined ? yield* failure(`the path ${JSON.stringify(path)} does not exist`) : [[path, text]]
  }
  const files = folder.filter((file) => endings.some((ending) => file.endsWith(ending)))
  if (files.length === 0) return yield* failure(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
  return yield* Effect.forEach(files, (file) => Effect.map(inv.files.read(file), (text) => [file, text ?? ""] as const))
})

/** Go's words for what the parser of YAML doesn't like. */
const yamlMistake = ({ code, linePos, message }: YAMLParseError): string =>
  code === "BLOCK_AS_IMPLICIT_KEY"
    ? `line ${(linePos?.[0].line ?? 0) + 1}: mapping values are not allowed in this context`
    : `line ${linePos?.[0].line ?? 0}: ${message.split(" at line ")[0] ?? ""}`

/** What Go says of a stream of JSON that ends too early is another word than of a text. */
const jsonMistake = (text: string): string => (GoJson.errorOf(text) ?? "").replace("unexpected end of JSON input", "unexpected EOF")

/** The values of a text: YAML, or JSON where it begins like it. */
const values = Effect.fnUntraced(function* (source: string, text: string): Effect.fn.Return<ReadonlyArray<unknown>, Failure> {
  const documents = parseAllDocuments(text, { version: "1.1", merge: true, uniqueKeys: false })
  const out: Array<unknown> = []
  for (const document of documents) {
    const [error] = document.errors
    if (error !== undefined)
      return yield* failure(
        `error parsing ${source}: ${/^\s*\{/u.test(text) ? jsonMistake(text) : `error converting YAML to JSON: yaml: ${yamlMistake(error)}`}`
      )
    out.push(document.toJS({ maxAliasCount: 100 }))
  }
  return out
})

const incomplete = (source: string, item: unknown): Failure | undefined => {
  const missing = ["apiVersion", "kind"].filter((key) => Fields.text(item, key) === "")
  if (missing.length === 0) return undefined
  const what = missing.map((key) => `${key} not set`).join(", ")
  return failure(
    `error validating ${JSON.stringify(source)}: error validating data: ${missing.length === 1 ? what : `[${what}]`}; if you choose to ignore these errors, turn validation off with --validate=false`
  )
}

/** The documents of a YAML or JSON text, lists taken apart. */
export const documents = Effect.fnUntraced(function* (source: string, text: string): Effect.fn.Return<ReadonlyArray<KubeObject>, Failure> {
  const out: Array<KubeObject> = []
  for (const value of yield* values(source, text)) {
    if (value === null || value === undefined) continue
    const items =
      Fields.text(value, "kind").endsWith("List") && Array.isArray(Fields.at(value, "items")) ? Fields.list(value, "items") : [value]
    for (const item of items) {
      const wrong = incomplete(source, item)
      if (wrong !== undefined) return yield* wrong
      const object = { metadata: {}, ...Fields.record(item) }
      if (Fields.isObject(object)) out.push(object)
    }
  }
  return out
})

const manifestOf = Effect.fnUntraced(function* (inv: Invocation, source: string, object: KubeObject): Effect.fn.Return<Manifest, Problem> {
  const resource = yield* inv.directory.ofKind(object.apiVersion, object.kind)
  const { namespace: own = "" } = object.metadata
  if (resource === undefined) {
    return yield* failure(
      `resource mapping not found for name: ${JSON.stringify(Fields.text(object, "metadata", "name"))} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`
    )
  }
  if (resource.namespaced && own !== "" && inv.line.has("namespace") && own !== inv.namespace) {
    return yield* failure(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(inv.namespace)}. You must pass '--namespace=${own}' to perform this operation.`
    )
  }
  const namespace = resource.namespaced ? own || inv.namespace : ""
  return { source, resource, namespace, written: object, object: resource.namespaced ? Fields.withMetadata(object, { namespace }) : object }
})

/** All objects of the command line's `-f`, with the resources they belong to, and what of it cannot be used. */
export const manifests = Effect.fnUntraced(function* (inv: Invocation) {
  const found: Array<Manifest> = []
  const problems: Array<Problem> = []
  const paths = inv.line.texts("filename")
  if (paths.length === 0) return { found, problems }
  const sources = yield* Effect.forEach(paths, (path) => texts(inv, path))
  for (const [source, text] of sources.flat()) {
    const read = yield* Effect.result(documents(source, text))
    if (Result.isFailure(read)) {
      problems.push(read.failure)
      continue
    }
    for (const object of read.success) {
      const manifest = yield* Effect.result(manifestOf(inv, source, object))
      if (Result.isFailure(manifest)) problems.push(manifest.failure)
      else found.push(manifest.success)
    }
  }
  return { found, problems }
})
