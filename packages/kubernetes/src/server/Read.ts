/** `get` and `list`. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as FieldSelector from "../FieldSelector.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import type { ResourceCall } from "./Call.ts"
import { isVisible } from "./Call.ts"
import { form } from "./Negotiate.ts"
import * as Options from "./Options.ts"
import * as Page from "./Page.ts"
import * as Present from "./Present.ts"
import { query } from "./Route.ts"
import { served } from "./Versioned.ts"

/** Whether an object is asked for by the request's selectors. */
export type Filter = (object: KubeObject) => boolean

export const filterOf = (call: ResourceCall): Result.Result<Filter, KubeStatus> => {
  const { request, resource } = call
  const labels = Selector.parse(query(request, "labelSelector") ?? "")
  if (Result.isFailure(labels)) return Result.fail(Status.badRequest(labels.failure))
  const fields = FieldSelector.parse(resource, query(request, "fieldSelector") ?? "")
  if (Result.isFailure(fields)) return Result.fail(Status.badRequest(fields.failure))
  const selector = labels.success
  const fieldSelector = fields.success
  return Result.succeed(
    (object) =>
      isVisible(call, object) && Selector.matches(selector, object.metadata.labels) && FieldSelector.matches(fieldSelector, object)
  )
}

const selects = ({ request }: ResourceCall): boolean =>
  (query(request, "labelSelector") ?? "") !== "" || (query(request, "fieldSelector") ?? "") !== ""

const selected = (call: ResourceCall, store: Store.Store, filter: Filter): ReadonlyArray<KubeObject> => {
  const { path, resource } = call
  const stored = Store.list(store, resource.id, resource.namespaced && path.namespace !== "" ? path.namespace : undefined)
  const all = resource.stored === undefined ? stored : stored.map((object) => served(resource, object))
  return call.hidden.size === 0 && !selects(call) ? all : all.filter(filter)
}

/** The objects of the collection that a request names, in order. */
export const collection = (call: ResourceCall, store: Store.Store): Result.Result<ReadonlyArray<KubeObject>, KubeStatus> =>
  Result.map(filterOf(call), (filter) => selected(call, store, filter))

const included: ReadonlySet<string> = new Set(["", "Metadata", "Object", "None"])

/** A table whose rows can't be made as asked. */
const badTable = (call: ResourceCall): KubeStatus | undefined => {
  const asked = query(call.request, "includeObject") ?? ""
  return included.has(asked) || form(call.request).kind !== "table"
    ? undefined
    : Status.badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`
      )
}

/** The object that a request names, unless it is hidden from who asks. */
export const find = (call: ResourceCall, store: Store.Store): Result.Result<KubeObject, KubeStatus> => {
  const { path, resource } = call
  const object = Store.get(store, resource.id, resource.namespaced ? path.namespace : "", path.name)
  if (object === undefined || !isVisible(call, object)) return Result.fail(Status.notFound(resource, path.name))
  return Result.succeed(served(resource, object))
}

export const get = (call: ResourceCall, store: Store.Store, now: number): Result.Result<KubeReply, KubeStatus> => {
  const asked = query(call.request, "resourceVersion") ?? ""
  const revision = parseUnsigned(asked)
  if (asked !== "" && revision === undefined) {
    // events are not cached by the real server, and read otherwise
    const uncached = call.resource.id === "events"
    return Result.fail(
      uncached ? Status.badRequest(`invalid resource version: ${unparsedRevision(asked)}`) : Status.internal(unparsedRevision(asked))
    )
  }
  if (revision !== undefined && revision > store.revision)
    return Result.fail(Status.tooLargeRevision(revision, store.revision, call.resource))
  const bad = badTable(call)
  if (bad !== undefined) return Result.fail(bad)
  return Result.map(find(call, store), (object) => Present.reply(200, Present.one(call.request, call.resource, object, now)))
}

const parseUnsigned = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)

const unparsedRevision = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`

/** The moment that a list shows; `undefined` is the present one. */
const momentOf = (
  { request, resource }: ResourceCall,
  store: Store.Store,
  token: Page.Token | undefined
): Result.Result<number | undefined, KubeStatus> => {
  const asked = query(request, "resourceVersion") ?? ""
  const revision = parseUnsigned(asked)
  if (asked !== "" && revision === undefined) return Result.fail(Status.badRequest(`invalid resource version: ${unparsedRevision(asked)}`))
  if (token !== undefined) {
    if (asked !== "" && revision !== 0) {
      return Result.fail(Status.badRequest("specifying resource version is not allowed when using continue"))
    }
    return Result.succeed(token.revision < 0 ? undefined : token.revision)
  }
  if (revision === undefined || revision === 0) return Result.succeed(undefined)
  if (revision > store.revision) return Result.fail(Status.tooLargeRevision(revision, store.revision, resource))
  const match = query(request, "resourceVersionMatch") ?? ""
  // without a match a limited list shows the revision it names, as it did before there were matches
  const exact = match === "Exact" || (match === "" && (parseUnsigned(query(request, "limit") ?? "") ?? 0) > 0)
  return Result.succeed(exact ? revision : undefined)
}

/** The changes since a moment that is still known. */
const since = (
  store: Store.Store,
  moment: number,
  token: Page.Token | undefined
): Result.Result<ReadonlyArray<Store.Change>, KubeStatus> => {
  const changes = Store.changesAfter(store, moment)
  if (changes !== undefined) return Result.succeed(changes)
  return Result.fail(token === undefined ? Status.compacted : Status.expiredPage(Page.write({ revision: -1, start: token.start })))
}

export const list = (call: ResourceCall, store: Store.Store, now: number): Result.Result<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  const refused = Options.ofList(request, "list") ?? badTable(call)
  if (refused !== undefined) return Result.fail(refused)
  const filtered = filterOf(call)
  if (Result.isFailure(filtered)) return Result.fail(filtered.failure)
  const text = query(request, "continue") ?? ""
  const read = text === "" ? undefined : Page.read(text)
  if (read !== undefined && Result.isFailure(read)) return Result.fail(Status.badRequest(read.failure))
  const token = read?.success
  const moment = momentOf(call, store, token)
  if (Result.isFailure(moment)) return Result.fail(moment.failure)
  const revision = moment.success ?? store.revision
  let found = selected(call, store, filtered.success)
  if (revision < store.revision) {
    const changes = since(store, revision, token)
    if (Result.isFailure(changes)) return Result.fail(changes.failure)
    const namespace = resource.namespaced && path.namespace !== "" ? path.namespace : undefined
    const past = Page.before(Store.list(store, resource.id, namespace), changes.success, resource.id, namespace)
    found = past.map((object) => served(resource, object)).filter(filtered.success)
  }
  const namespace = resource.namespaced ? path.namespace : ""
  const rest = token === undefined ? found : found.filter((object) => Page.keyOf(object, namespace) >= token.start)
  const asked = parseUnsigned(query(request, "limit") ?? "") ?? 0
  // the real server answers "any version" from its cache, whole
  const limit = (query(request, "resourceVersion") ?? "") === "0" ? 0 : asked
  const page = limit > 0 ? rest.slice(0, limit) : rest
  const last = page.at(-1)
  const metadata = {
    resourceVersion: String(revision),
    ...(last === undefined || page.length === rest.length
      ? {}
      : {
          continue: Page.after(revision, Page.keyOf(last, namespace)),
          // what a selector leaves out is not counted ahead
          ...(selects(call) ? {} : { remainingItemCount: rest.length - page.length })
        })
  }
  return Result.succeed(Present.reply(200, Present.many(request, resource, page, metadata, now)))
}
