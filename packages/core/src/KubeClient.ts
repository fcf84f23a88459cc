/** Everyday calls over `KubeApi`: paths, kinds and paging in one place. Pure functions of the port; RBAC and errors are the server's. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type KubeApi, type KubeObject, KubeStatus, patchTypes } from "./Kubernetes.ts"
import { planeGroup } from "./Workload.ts"

/** A resource as in its path. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

const core = (plural: string, kind: string): Resource => ({ group: "", version: "v1", plural, kind, namespaced: true })
const wide = (plural: string, kind: string): Resource => ({ group: "", version: "v1", plural, kind, namespaced: false })
const apps = (plural: string, kind: string): Resource => ({ group: "apps", version: "v1", plural, kind, namespaced: true })
const plane = (plural: string, kind: string): Resource => ({ group: planeGroup, version: "v1", plural, kind, namespaced: true })

/** The kinds that the framework itself reads and writes. */
export const resources = {
  pods: core("pods", "Pod"),
  services: core("services", "Service"),
  endpoints: core("endpoints", "Endpoints"),
  configMaps: core("configmaps", "ConfigMap"),
  secrets: core("secrets", "Secret"),
  events: core("events", "Event"),
  serviceAccounts: core("serviceaccounts", "ServiceAccount"),
  persistentVolumeClaims: core("persistentvolumeclaims", "PersistentVolumeClaim"),
  persistentVolumes: wide("persistentvolumes", "PersistentVolume"),
  namespaces: wide("namespaces", "Namespace"),
  nodes: wide("nodes", "Node"),
  deployments: apps("deployments", "Deployment"),
  replicaSets: apps("replicasets", "ReplicaSet"),
  statefulSets: apps("statefulsets", "StatefulSet"),
  daemonSets: apps("daemonsets", "DaemonSet"),
  jobs: { group: "batch", version: "v1", plural: "jobs", kind: "Job", namespaced: true },
  traffics: plane("traffics", "Traffic"),
  networkImpairments: plane("networkimpairments", "NetworkImpairment"),
  containerKills: plane("containerkills", "ContainerKill")
} as const satisfies Record<string, Resource>

/** `/api/v1/namespaces/NS/pods/NAME`, with the parts that are given. */
export const pathOf = (resource: Resource, namespace?: string, name?: string, subresource?: string): string => {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ""
  const leaf = name === undefined ? "" : `/${name}${subresource === undefined ? "" : `/${subresource}`}`
  return `${root}${scope}/${resource.plural}${leaf}`
}

/** `deployments.apps`, `pods`. */
export const groupResource = (resource: Resource): string =>
  resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`

const isObject = (body: unknown): body is KubeObject => typeof body === "object" && body !== null && "metadata" in body && "kind" in body

const unexpected = (what: string) =>
  new KubeStatus({ code: 500, reason: "InternalError", message: `${what} did not answer with an object` })

const asObject =
  (what: string) =>
  (reply: { readonly body: unknown }): Effect.Effect<KubeObject, KubeStatus> =>
    isObject(reply.body) ? Effect.succeed(reply.body) : Effect.fail(unexpected(what))

export const get = (api: KubeApi, resource: Resource, namespace: string, name: string): Effect.Effect<KubeObject, KubeStatus> => {
  const path = pathOf(resource, namespace, name)
  return api.request({ method: "GET", path }).pipe(Effect.flatMap(asObject(path)))
}

/** The object, or undefined when there is none. */
export const find = (
  api: KubeApi,
  resource: Resource,
  namespace: string,
  name: string
): Effect.Effect<KubeObject | undefined, KubeStatus> =>
  get(api, resource, namespace, name).pipe(
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.succeed(undefined)
    )
  )

const typedItems = new WeakMap<KubeObject, KubeObject>()

/** An item of a list with the kind and apiVersion that the server leaves out. The same item gives the same object. */
export const typed = (item: KubeObject, apiVersion: string, kind: string): KubeObject => {
  if (item.kind !== undefined) return item
  const known = typedItems.get(item)
  if (known?.kind === kind && known.apiVersion === apiVersion) return known
  const made = { ...item, apiVersion, kind }
  typedItems.set(item, made)
  return made
}

/** All objects, of one namespace or of all; kind and apiVersion are filled in where the server leaves them out of list items. */
export const list = (
  api: KubeApi,
  resource: Resource,
  namespace?: string,
  selectors: { readonly labelSelector?: string; readonly fieldSelector?: string } = {}
): Effect.Effect<ReadonlyArray<KubeObject>, KubeStatus> =>
  api.request({ method: "GET", path: pathOf(resource, namespace), query: { ...selectors } }).pipe(
    Effect.map((reply) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an API server's own list
      const items = (reply.body as { readonly items?: ReadonlyArray<KubeObject> }).items ?? []
      const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`
      return items.map((item) => typed(item, apiVersion, resource.kind))
    })
  )

export const create = (api: KubeApi, resource: Resource, object: KubeObject): Effect.Effect<KubeObject, KubeStatus> => {
  const path = pathOf(resource, object.metadata.namespace)
  return api.request({ method: "POST", path, body: object }).pipe(Effect.flatMap(asObject(path)))
}

export const replace = (api: KubeApi, resource: Resource, object: KubeObject): Effect.Effect<KubeObject, KubeStatus> => {
  const path = pathOf(resource, object.metadata.namespace, object.metadata.name)
  return api.request({ method: "PUT", path, body: object }).pipe(Effect.flatMap(asObject(path)))
}

export const patch = (
  api: KubeApi,
  resource: Resource,
  namespace: string,
  name: string,
  type: keyof typeof patchTypes,
  body: unknown
): Effect.Effect<KubeObject, KubeStatus> => {
  const path = pathOf(resource, namespace, name)
  return api.request({ method: "PATCH", path, body, contentType: patchTypes[type] }).pipe(Effect.flatMap(asObject(path)))
}

/** Deletes; already gone is fine. */
export const remove = (api: KubeApi, resource: Resource, namespace: string, name: string): Effect.Effect<void, KubeStatus> =>
  api.request({ method: "DELETE", path: pathOf(resource, namespace, name) }).pipe(
    Effect.asVoid,
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.void
    )
  )

export const scale = (
  api: KubeApi,
  resource: Resource,
  namespace: string,
  name: string,
  replicas: number
): Effect.Effect<void, KubeStatus> =>
  api
    .request({
      method: "PATCH",
      path: pathOf(resource, namespace, name, "scale"),
      body: { spec: { replicas } },
      contentType: patchTypes.merge
    })
    .pipe(Effect.asVoid)

export interface LogQuery {
  readonly container?: string
  readonly previous?: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
}

/** The text of a container's log. */
export const log = (api: KubeApi, namespace: string, pod: string, options: LogQuery = {}): Effect.Effect<string, KubeStatus> => {
  const query: Record<string, string> = {}
  for (const [key, value] of Object.entries(options)) if (value !== undefined) query[key] = String(value)
  return api
    .request({ method: "GET", path: pathOf(resources.pods, namespace, pod, "log"), query })
    .pipe(Effect.map((reply) => (typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body))))
}

export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const StatusFrame = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.optionalKey(Schema.String),
    message: Schema.optionalKey(Schema.String),
    reason: Schema.optionalKey(Schema.String),
    details: Schema.optionalKey(
      Schema.Struct({
        causes: Schema.optionalKey(
          Schema.Array(Schema.Struct({ reason: Schema.optionalKey(Schema.String), message: Schema.optionalKey(Schema.String) }))
        )
      })
    )
  })
)

/** As servers in this process write it. */
const success = JSON.stringify({ metadata: {}, status: "Success" })

const exitCodeOf = (text: string): Effect.Effect<number, KubeStatus> =>
  text === success
    ? Effect.succeed(0)
    : Schema.decodeEffect(StatusFrame)(text).pipe(
        Effect.mapError((error) => new KubeStatus({ code: 500, reason: "InternalError", message: error.message })),
        Effect.flatMap((status) => {
          if (status.status === "Success") return Effect.succeed(0)
          const code = status.details?.causes?.find((cause) => cause.reason === "ExitCode")?.message
          if (code !== undefined) return Effect.succeed(Number(code))
          return Effect.fail(
            new KubeStatus({ code: 500, reason: status.reason ?? "InternalError", message: status.message ?? "exec failed" })
          )
        })
      )

/** Runs a command in a container to its end. A non-zero exit code is a value; a container that is not there fails. */
export const exec = Effect.fnUntraced(function* (
  api: KubeApi,
  target: { readonly namespace: string; readonly pod: string; readonly container?: string },
  argv: ReadonlyArray<string>,
  stdin = ""
): Effect.fn.Return<ExecResult, KubeStatus, Scope.Scope> {
  const duplex = yield* api.connect({
    method: "GET",
    path: pathOf(resources.pods, target.namespace, target.pod, "exec"),
    query: {
      command: argv,
      stdout: "true",
      stderr: "true",
      ...(stdin === "" ? {} : { stdin: "true" }),
      ...(target.container === undefined ? {} : { container: target.container })
    }
  })
  if (stdin !== "") {
    yield* duplex.send({ channel: 0, data: new TextEncoder().encode(stdin) })
    yield* duplex.end(0)
  }
  const decoders: { [channel in 1 | 2 | 3]?: InstanceType<typeof TextDecoder> } = {}
  const text = { 1: "", 2: "", 3: "" }
  yield* Stream.runForEachArray(duplex.received, (frames) =>
    Effect.sync(() => {
      for (const { channel, data } of frames) {
        if (channel !== 1 && channel !== 2 && channel !== 3) continue
        const decoder = (decoders[channel] ??= new TextDecoder())
        text[channel] += decoder.decode(data, { stream: true })
      }
    })
  )
  return { stdout: text[1], stderr: text[2], exitCode: yield* exitCodeOf(text[3]) }
}, Effect.scoped)
