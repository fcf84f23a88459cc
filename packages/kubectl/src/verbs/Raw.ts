/** `--raw`: a path of the server, and its answer as it comes. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { eventText, jsonText } from "@aiopslab/kubernetes/server/JsonText"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type Failure, failure } from "../Failure.ts"
import type { Invocation, Problem } from "../Invocation.ts"

const bodyOf = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<Pick<KubeRequest, "body" | "text">, Failure> {
  const [path] = inv.line.texts("filename")
  if (path === undefined) return {}
  const text = path === "-" ? inv.stdin : yield* inv.files.read(path)
  if (text === undefined) return yield* failure(`open ${path}: no such file or directory`)
  const parsed = Result.try((): unknown => JSON.parse(text))
  return { text, body: Result.isSuccess(parsed) ? parsed.success : undefined }
})

export const raw = Effect.fnUntraced(function* (
  inv: Invocation,
  method: KubeRequest["method"],
  url: string
): Effect.fn.Return<number, Problem> {
  const parsed = URL.parse(url, "https://kubernetes")
  if (parsed === null) return yield* failure(`unable to parse ${JSON.stringify(url)}`)
  const query: Record<string, string> = {}
  for (const [key, value] of parsed.searchParams) query[key] = value
  if (method === "GET" && /^(?:1|true)$/u.test(query["watch"] ?? "")) {
    const { watch: _, ...rest } = query
    const heard = Stream.runForEach(inv.api.watch({ method, path: parsed.pathname, query: rest }), (event) =>
      Effect.sync(() => inv.out(eventText(event)))
    )
    yield* inv.requestMillis === 0
      ? heard
      : Effect.timeoutOrElse(heard, {
          duration: inv.requestMillis,
          orElse: () => Effect.fail(failure("net/http: request canceled (Client.Timeout or context cancellation while reading body)"))
        })
    return 0
  }
  const reply = yield* inv.api.request({ method, path: parsed.pathname, query, ...(yield* bodyOf(inv)) })
  inv.out(typeof reply.body === "string" ? reply.body : jsonText(parsed.pathname, reply.body))
  return 0
})
