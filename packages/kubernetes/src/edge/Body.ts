/** The body of a request: bounded, then JSON (or YAML, which is what an apply patch is called). */
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
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

const accepted = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml"
]

/** The decoded body; undefined when there is none. */
export const decode = (bytes: Buffer, contentType: string | undefined): Effect.Effect<unknown, KubeStatus> => {
  if (bytes.length === 0) return Effect.succeed(undefined)
  const type = contentType?.split(";")[0]?.trim() ?? "application/json"
  if (!accepted.includes(type)) return Effect.fail(Status.unsupportedBody)
  if (type === "application/vnd.kubernetes.protobuf") {
    return Effect.mapError(Effect.fromResult(Protobuf.decode(bytes)), Status.badRequest)
  }
  const text = bytes.toString("utf8")
  return type.endsWith("yaml")
    ? Effect.try({
        try: (): unknown => parse(text, { maxAliasCount: 0 }),
        catch: (error) => Status.badRequest(`error decoding YAML: ${String(error)}`)
      })
    : Effect.try({ try: (): unknown => JSON.parse(text), catch: (error) => Status.badRequest(`error decoding JSON: ${String(error)}`) })
}
