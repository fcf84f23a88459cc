/** The body of a request: bounded, then JSON (or YAML, which is what an apply patch is called). */
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { IncomingMessage } from "node:http"
import { parse } from "yaml"
import * as Protobuf from "../Protobuf.ts"
import * as Status from "../Status.ts"

/** Largest body that the real server reads: 3 MiB. */
export const maxBytes = 3 * 1024 * 1024

const tooLarge = new KubeStatus({
  code: 413,
  reason: "RequestEntityTooLarge",
  message: `Request entity too large: limit is ${maxBytes}`
})

export const read = (request: IncomingMessage): Effect.Effect<Buffer, KubeStatus> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        request.pause()
        resume(Effect.fail(tooLarge))
      } else chunks.push(chunk)
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

const parsed = (text: string): Decoded => {
  const json = Result.try((): unknown => JSON.parse(text))
  return Result.isSuccess(json) ? { body: json.success, text } : { text }
}

const unreadable = (error: unknown): KubeStatus => Status.badRequest(`error decoding YAML: ${String(error)}`)

/** A body of an unknown type stays a text; a patch in protobuf is refused by its type. */
export const decode = (bytes: Buffer, contentType: string | undefined, method?: string): Effect.Effect<Decoded, KubeStatus> => {
  const type = contentType?.split(";")[0]?.trim() ?? ""
  if (type === "application/vnd.kubernetes.protobuf" && method === "PATCH") return Effect.succeed({})
  if (type === "application/vnd.kubernetes.protobuf") {
    return Effect.mapBoth(Effect.fromResult(Protobuf.decode(bytes)), { onSuccess: (body) => ({ body }), onFailure: Status.badRequest })
  }
  const text = bytes.toString("utf8")
  if (!type.endsWith("yaml") || text === "") return Effect.succeed(parsed(text))
  return Effect.try({ try: (): Decoded => ({ body: parse(text, { maxAliasCount: 0 }) }), catch: unreadable })
}
