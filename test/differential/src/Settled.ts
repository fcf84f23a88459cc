/** Waiting for what the real server does in its own time after a write. How long that takes depends on the machine, so nothing here counts on it. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { at, print, record, records } from "@aiopslab/kubernetes/Json"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** `/apis/apps/v1/namespaces/a/deployments` of itself and of all below. */
const collectionOf = (path: string): string => {
  const segments = path.split("/")
  const root = segments[1] === "apis" ? 4 : 3
  return segments.slice(0, segments[root] === "namespaces" && segments.length > root + 2 ? root + 3 : root + 1).join("/")
}

/** What a list of a collection says; `undefined` when it is refused. */
const listed = (api: KubeApi, path: string, query: Readonly<Record<string, string>> = {}) =>
  api.request({ method: "GET", path, query }).pipe(
    Effect.map(({ body }) => record(body)),
    Effect.orElseSucceed(() => undefined)
  )

const pause = "200 millis"
const longestMillis = 180_000
/** An answer that took seconds, on a machine that is busy, says nothing of the next ones. */
const longestQuietMillis = 15_000

/** The server goes on writing, or doesn't come to know what it wrote: nobody can tell what an answer would say. */
export class Unsettled extends Data.TaggedError("Unsettled")<{ readonly path: string; readonly why: string }> {
  override get message() {
    return `${this.path}: ${this.why} after ${longestMillis / 1000} s`
  }
}

/** Its controllers have written what they have to: the collection has not changed for a second, and for longer where answers are slow. */
export const settled = Effect.fnUntraced(function* (api: KubeApi, path: string) {
  const collection = collectionOf(path)
  const began = yield* Clock.currentTimeMillis
  let last: string | undefined
  let since = began
  let quietMillis = 1000
  while (true) {
    const asked = yield* Clock.currentTimeMillis
    const list = yield* listed(api, collection)
    const now = yield* Clock.currentTimeMillis
    quietMillis = Math.min(longestQuietMillis, Math.max(quietMillis, 1000 + 20 * (now - asked)))
    const versions = records(list?.["items"])
      .map((item) => print(at(item, "metadata", "resourceVersion")))
      .join(" ")
    if (versions !== last) since = now
    last = versions
    if (now - since >= quietMillis) return
    if (now - began >= longestMillis) return yield* new Unsettled({ path: collection, why: "still changes" })
    yield* Effect.sleep(pause)
  }
})

/** Its cache of a collection knows of all writes until now: a read that names a version, and a watch that names none, are answered from it. */
export const cached = Effect.fnUntraced(function* (api: KubeApi, path: string) {
  const collection = collectionOf(path)
  const query = { labelSelector: "none=here" }
  const present = yield* listed(api, collection, query)
  const resourceVersion = print(at(present, "metadata", "resourceVersion"))
  if (resourceVersion === "") return
  const began = yield* Clock.currentTimeMillis
  const newer = { ...query, resourceVersion, resourceVersionMatch: "NotOlderThan" }
  while ((yield* listed(api, collection, newer)) === undefined) {
    if ((yield* Clock.currentTimeMillis) - began >= longestMillis) {
      return yield* new Unsettled({ path: collection, why: `its cache doesn't know of version ${resourceVersion}` })
    }
    yield* Effect.sleep(pause)
  }
})
