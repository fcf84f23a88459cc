/** The same bytes to both servers. */
import { isRecord } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { start, type Side } from "../clients/Side.ts"
import * as Normal from "../Normal.ts"
import { type Answer, answerOf } from "./Answer.ts"
import { type RawRequest, requests } from "./Requests.ts"

export interface Compared {
  readonly request: RawRequest
  /** What is compared, as text. */
  readonly ours: string
  readonly real: string
}

const namespace = "raw"
const json = ["Content-Type: application/json"]

const body = (object: Readonly<Record<string, unknown>>): Pick<RawRequest, "head" | "body"> => {
  const bytes = Buffer.from(JSON.stringify({ apiVersion: "v1", ...object }))
  return { head: [...json, `Content-Length: ${bytes.length}`], body: bytes }
}

const setup = (name: string, line: string, object: Readonly<Record<string, unknown>>): RawRequest => {
  const made = body(object)
  return { name, ...made, head: [`${line} HTTP/1.1`, ...made.head] }
}

const namespaced = setup("namespace", "POST /api/v1/namespaces", { kind: "Namespace", metadata: { name: namespace } })
const kept = { kind: "ConfigMap", metadata: { name: "kept" }, data: { a: "b" } }
const made = setup("made", "POST /api/v1/namespaces/NAMESPACE/configmaps", kept)
/** Puts back what the requests change. */
const restored = setup("restored", "PUT /api/v1/namespaces/NAMESPACE/configmaps/kept", kept)

const shown = ({ body, code, contentType }: Answer): string => {
  const parsed = Result.try((): unknown => JSON.parse(body))
  const value =
    Result.isSuccess(parsed) && isRecord(parsed.success) ? Normal.normal({ code, body: parsed.success, warnings: [] }).body : body
  return `${code} ${contentType}\n${typeof value === "string" ? value : JSON.stringify(value)}`
}

/** Numbers, names and times of one server. */
const normalText = (body: string): string =>
  body
    .replaceAll(/("(?:uid|resourceVersion|time|creationTimestamp|lastTransitionTime)": ?)"[^"]*"/g, '$1"-"')
    .replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "-")
    .replaceAll(/kube-api-access-\w{5}/g, "kube-api-access-")

const asText = ({ body, code, contentType }: Answer): string => `${code} ${contentType}\n${normalText(body)}`

const ask = (side: Side, request: RawRequest): Effect.Effect<Answer> => answerOf(request, { ...side, namespace })

const settled = (side: Side, request: RawRequest) =>
  ask(side, request).pipe(Effect.repeat({ until: ({ code }) => code === 200, schedule: Schedule.spaced("200 millis") }))

export const comparing = Effect.fnUntraced(function* (asked: ReadonlyArray<RawRequest>) {
  const sides = yield* start
  const both = <A>(of: (side: Side) => Effect.Effect<A>) => Effect.all([of(sides.ours), of(sides.real)])
  for (const request of [namespaced, made]) yield* both((side) => ask(side, request))
  const out: Array<Compared> = []
  for (const request of asked) {
    if (request.settles === true) {
      yield* both((side) => settled(side, request))
      continue
    }
    yield* both((side) => ask(side, restored))
    const [ours, real] = yield* both((side) => Effect.map(ask(side, request), request.as === "text" ? asText : shown))
    out.push({ request, ours, real })
  }
  return out
}, Effect.scoped)

export const compare = comparing(requests)
