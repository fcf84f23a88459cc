/** `get` and `list`. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as FieldSelector from "../FieldSelector.ts"
import * as Selector from "../Selector.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import type { ResourceCall } from "./Call.ts"
import { isVisible } from "./Call.ts"
import * as Present from "./Present.ts"
import { query } from "./Route.ts"

/** Whether an object is asked for by the request's selectors. */
export type Filter = (object: KubeObject) => boolean

export const filterOf = (call: ResourceCall): Result.Result<Filter, KubeStatus> => {
  const { request, resource } = call
  const labels = Selector.parse(query(request, "labelSelector") ?? "")
  if (Result.isFailure(labels)) return Result.fail(Status.badRequest(labels.failure))
  const fields = FieldSelector.parse(resource.id, query(request, "fieldSelector") ?? "")
  if (Result.isFailure(fields)) return Result.fail(Status.badRequest(fields.failure))
  const selector = labels.success
  const fieldSelector = fields.success
  return Result.succeed(
    (object) =>
      isVisible(call, object) && Selector.matches(selector, object.metadata.labels) && FieldSelector.matches(fieldSelector, object)
  )
}

/** The objects of the collection that a request names, in order. */
export const collection = (call: ResourceCall, store: Store.Store): Result.Result<ReadonlyArray<KubeObject>, KubeStatus> => {
  const { path, request, resource } = call
  const stored = Store.list(store, resource.id, resource.namespaced && path.namespace !== "" ? path.namespace : undefined)
  const all = resource.stored === undefined ? stored : stored.map(resource.stored.fromStorage)
  const unfiltered =
    call.hidden.size === 0 && (query(request, "labelSelector") ?? "") === "" && (query(request, "fieldSelector") ?? "") === ""
  return unfiltered ? Result.succeed(all) : Result.map(filterOf(call), (filter) => all.filter(filter))
}

/** The object that a request names, unless it is hidden from who asks. */
export const find = (call: ResourceCall, store: Store.Store): Result.Result<KubeObject, KubeStatus> => {
  const { path, resource } = call
  const object = Store.get(store, resource.id, resource.namespaced ? path.namespace : "", path.name)
  if (object === undefined || !isVisible(call, object)) return Result.fail(Status.notFound(resource, path.name))
  return Result.succeed(resource.stored === undefined ? object : resource.stored.fromStorage(object))
}

export const get = (call: ResourceCall, store: Store.Store, now: number): Result.Result<KubeReply, KubeStatus> =>
  Result.map(find(call, store), (object) => Present.reply(200, Present.one(call.request, call.resource, object, now)))

const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ""}/${object.metadata.name}`

const parseUnsigned = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)

/** A page token names the last object of the page before; it outlives changes in between. */
const tokenOf = (revision: number, object: KubeObject): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: keyOf(object) })).toString("base64url")

const startOf = (token: string): string | undefined => /"start":"([^"]*)"/.exec(Buffer.from(token, "base64url").toString())?.[1]

export const list = (call: ResourceCall, store: Store.Store, now: number): Result.Result<KubeReply, KubeStatus> => {
  const { request, resource } = call
  const asked = query(request, "resourceVersion") ?? ""
  if (asked !== "" && parseUnsigned(asked) === undefined) {
    return Result.fail(
      Status.badRequest(
        `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(asked)}: strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`
      )
    )
  }
  const found = collection(call, store)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const token = query(request, "continue") ?? ""
  const start = token === "" ? undefined : startOf(token)
  if (token !== "" && start === undefined) {
    return Result.fail(Status.badRequest("continue key is not valid: illegal base64 data at input byte 0"))
  }
  const rest = start === undefined ? found.success : found.success.filter((object) => keyOf(object) > start)
  const limit = parseUnsigned(query(request, "limit") ?? "") ?? 0
  const page = limit > 0 ? rest.slice(0, limit) : rest
  const last = page.at(-1)
  const metadata = {
    resourceVersion: String(store.revision),
    ...(last === undefined || page.length === rest.length
      ? {}
      : { continue: tokenOf(store.revision, last), remainingItemCount: rest.length - page.length })
  }
  return Result.succeed(Present.reply(200, Present.many(request, resource, page, metadata, now)))
}
