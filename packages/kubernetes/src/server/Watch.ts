/** `watch`: the objects as they are, when asked for, then every change after them. */
import type { KubeObject, KubeStatus, WatchEvent } from "@aiopslab/core/Kubernetes"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { goForm } from "../GoForm.ts"
import type { JsonRecord } from "../Json.ts"
import { isRecord, record } from "../Json.ts"
import type { Change } from "../Store.ts"
import * as Status from "../Status.ts"
import type { ResourceCall } from "./Call.ts"
import * as Clock from "./Now.ts"
import * as Options from "./Options.ts"
import * as Present from "./Present.ts"
import type { Filter } from "./Read.ts"
import { collection, filterOf } from "./Read.ts"
import { flag, query } from "./Route.ts"
import * as Versioned from "./Versioned.ts"

/** A client that asked for bookmarks gets one when this many revisions passed without an event for it, and at this pace. */
const bookmarkEvery = 500
const bookmarkPace = "1 minute"

const ticks: Stream.Stream<"tick"> = Stream.fromEffectRepeat(Effect.as(Effect.sleep(bookmarkPace), "tick" as const))

/** A bookmark's object is an empty one of the kind, as Go writes it, and has no name. */
const isObject = (value: JsonRecord): value is JsonRecord & KubeObject => isRecord(value["metadata"]) && typeof value["kind"] === "string"

/** Pointers of these kinds' own types are none in the server's, whose zero a bookmark shows. */
const zeros: Readonly<Record<string, JsonRecord>> = {
  "deployments.apps": { replicas: 0 },
  "replicasets.apps": { replicas: 0 },
  "statefulsets.apps": { replicas: 0 }
}

const annotations: Readonly<Record<string, JsonRecord>> = { "daemonsets.apps": { "deprecated.daemonset.template.generation": "0" } }

const bookmark = ({ resource }: ResourceCall, revision: number, after: "initial" | "changes"): WatchEvent => {
  const { apiVersion, kind, type } = resource
  const notes = { ...annotations[resource.id], ...(after === "initial" ? { "k8s.io/initial-events-end": "true" } : {}) }
  const metadata = { resourceVersion: String(revision), ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }) }
  const zero = zeros[resource.id]
  const empty = type === undefined ? {} : goForm({}, type)
  const object = { ...empty, ...(zero === undefined ? {} : { spec: { ...record(empty["spec"]), ...zero } }), kind, apiVersion, metadata }
  return { type: "BOOKMARK", object: isObject(object) ? object : { kind, apiVersion, metadata: { name: "" } } }
}

/** A change as a watcher with selectors sees it: what begins to match is added, what ceases to is deleted. */
const seen = (change: Change, filter: Filter): WatchEvent["type"] | undefined => {
  const now = filter(change.object)
  if (change.type === "DELETED") return change.previous !== undefined && filter(change.previous) ? "DELETED" : undefined
  const before = change.previous !== undefined && filter(change.previous)
  return now ? (before ? "MODIFIED" : "ADDED") : before ? "DELETED" : undefined
}

const invalidRevision = (text: string): KubeStatus =>
  Status.internal(
    `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  )

export const watch = (call: ResourceCall): Stream.Stream<WatchEvent, KubeStatus> => {
  const { host, path, request, resource } = call
  const refused = Options.ofList(request, "watch")
  if (refused !== undefined) return Stream.fail(refused)
  const asked = query(request, "resourceVersion") ?? ""
  if (!/^\d*$/.test(asked)) return Stream.fail(invalidRevision(asked))
  const filtered = filterOf(call)
  if (Result.isFailure(filtered)) return Stream.fail(filtered.failure)
  const selected = filtered.success
  const served = (object: KubeObject): KubeObject => Versioned.served(resource, object)
  const filter: Filter = (object) =>
    (path.namespace === "" || !resource.namespaced || object.metadata.namespace === path.namespace) &&
    (path.name === "" || object.metadata.name === path.name) &&
    selected(served(object))
  const bookmarks = flag(request, "allowWatchBookmarks")
  const sendsInitial = Options.sendsInitial(request)
  const initial = asked === "" || asked === "0" || sendsInitial

  /** `from`: a revision that may be yet to come; nothing before it is shown. */
  const changes = (after: number, now: number, from = after): Stream.Stream<WatchEvent, KubeStatus> =>
    Stream.transformPull(bookmarks ? Stream.merge(host.changes(after), ticks) : host.changes(after), (pull) =>
      Effect.sync(() => {
        let sent = after
        let known = after
        const eventsOf = (batch: ReadonlyArray<Change> | "tick"): ReadonlyArray<WatchEvent> => {
          if (batch === "tick") {
            sent = known
            return [bookmark(call, known, "changes")]
          }
          const events: Array<WatchEvent> = []
          for (const change of batch) {
            const type = change.resource === resource.id && change.revision > from ? seen(change, filter) : undefined
            if (type !== undefined) {
              events.push({ type, object: Present.event(request, resource, served(change.object), now) })
              sent = change.revision
            }
          }
          known = batch.at(-1)?.revision ?? known
          if (bookmarks && known - sent >= bookmarkEvery) {
            events.push(bookmark(call, known, "changes"))
            sent = known
          }
          return events
        }
        const next: Pull.Pull<Arr.NonEmptyReadonlyArray<WatchEvent>, KubeStatus> = Effect.flatMap(pull, (batches) => {
          const events = batches.flatMap(eventsOf)
          return Arr.isReadonlyArrayNonEmpty(events) ? Effect.succeed(events) : next
        })
        return next
      })
    )

  const begin = Effect.gen(function* () {
    const now = Present.needsTime(request) ? yield* Clock.now(call) : 0
    const store = yield* host.store
    const after = Number(asked)
    if (!initial) return changes(Math.min(after, store.revision), now, after)
    const found = yield* Effect.fromResult(collection(call, store))
    const added = found
      .filter((object: KubeObject) => path.name === "" || object.metadata.name === path.name)
      .map((object): WatchEvent => ({ type: "ADDED", object: Present.event(request, resource, object, now) }))
    const first = sendsInitial && bookmarks ? [...added, bookmark(call, store.revision, "initial")] : added
    return Stream.concat(Stream.fromIterable(first), changes(store.revision, now))
  })

  const events = Stream.unwrap(begin)
  const seconds = Number(query(request, "timeoutSeconds") ?? "0")
  return seconds > 0 ? Stream.interruptWhen(events, Effect.sleep(seconds * 1000)) : events
}
