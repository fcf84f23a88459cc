/** The body of a request: bounded, then JSON (or YAML, which is what an apply patch is called). */
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parseAllDocuments } from "yaml"
import * as GoJson from "../GoJson.ts"
import * as Protobuf from "../Protobuf.ts"
import * as Status from "../Status.ts"
import type { ClientRequest } from "./Exchange.ts"

/** Largest body that the real server reads: 3 MiB. */
export const maxBytes = 3 * 1024 * 1024

const tooLarge = new KubeStatus({
  code: 413,
  reason: "RequestEntityTooLarge",
  message: `Request entity too large: limit is ${maxBytes}`
})

export const read = (request: ClientRequest): Effect.Effect<Buffer, KubeStatus> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      // the rest is taken in and forgotten, until the client comes to read the answer
      if (size > maxBytes) resume(Effect.fail(tooLarge))
      else chunks.push(chunk)
    }
    const onEnd = () => resume(Effect.succeed(Buffer.concat(chunks)))
    const onError = () => resume(Effect.interrupt)
    request.on("data", onData).on("end", onEnd).on("error", onError)
    return Effect.sync(() => void request.off("data", onData).off("end", onEnd).off("error", onError))
  })

/** What a request's body is to the server. */
export interface Decoded {
  readonly body?: unknown
  /** Of JSON. A text without a value is for the server to refuse: what it says hangs on what was asked. */
  readonly text?: string
}

const loneSurrogate = /\\u[dD][89a-fA-F]/

/** As Go decodes it: half a surrogate pair becomes the replacement character. */
const parse = (text: string): unknown =>
  loneSurrogate.test(text)
    ? JSON.parse(text, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value))
    : JSON.parse(text)

const parsed = (text: string): Decoded => {
  if (GoJson.isTooDeep(text)) return { text }
  const json = Result.try(() => parse(text))
  return Result.isSuccess(json) ? { body: json.success, text } : { text }
}

const unreadable = (why: string): KubeStatus => Status.badRequest(`error decoding YAML: ${why}`)

/** The first document, as the real server takes it: YAML 1.1, whose dates stay texts. */
const firstDocument = (text: string): unknown => {
  const [first] = parseAllDocuments(text, {
    version: "1.1",
    customTags: (tags) => tags.filter((tag) => tag !== "timestamp")
  })
  if (first === undefined || !("errors" in first)) return null
  const [error] = first.errors
  if (error !== undefined) throw error
  return first.toJS({ maxAliasCount: 0 })
}

/** Apply patches are called YAML, and are JSON nearly always. */
const yaml = (text: string): Effect.Effect<Decoded, KubeStatus> => {
  if (text.startsWith("{")) {
    const json = parsed(text)
    if (json.body !== undefined) return Effect.succeed({ body: json.body })
  }
  if (GoJson.isTooDeep(text))
    return Effect.fail(unreadable(`error converting YAML to JSON: yaml: exceeded max depth of ${GoJson.maxDepth}`))
  return Effect.try({ try: (): Decoded => ({ body: firstDocument(text) }), catch: (error) => unreadable(String(error)) })
}

/** A JavaScript object that is copied field by field loses a field of this name, and a field must not be lost in silence. */
const unkept = Status.badRequest('this server keeps no field called "__proto__"')

/** A body of an unknown type stays a text; a patch in protobuf is refused by its type. */
export const decode = (bytes: Buffer, contentType: string | undefined, method?: string): Effect.Effect<Decoded, KubeStatus> => {
  const type = contentType?.split(";")[0]?.trim() ?? ""
  if (type === "application/vnd.kubernetes.protobuf" && method === "PATCH") return Effect.succeed({})
  if (type === "application/vnd.kubernetes.protobuf") {
    return Effect.mapBoth(Effect.fromResult(Protobuf.decode(bytes)), { onSuccess: (body) => ({ body }), onFailure: Status.badRequest })
  }
  const text = bytes.toString("utf8")
  if (text.includes('"__proto__"')) return Effect.fail(unkept)
  return !type.endsWith("yaml") || text === "" ? Effect.succeed(parsed(text)) : yaml(text)
}
