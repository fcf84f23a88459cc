/**
 * The API server over a host. `api` gives it as one identity sees it: RBAC decides what may be done, and what is hidden from the
 * identity does not exist for it.
 *
 * In process a request is a function call: no socket, no serialisation. Objects in answers are the stored ones and must not be
 * changed.
 */
import type { Identity, KubeApi, KubeReply, KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { priority } from "./admission/Priority.ts"
import { validate, validateStatus } from "./Validation.ts"
import * as Escalation from "./Escalation.ts"
import type { Host, Write } from "./Host.ts"
import * as Rbac from "./Rbac.ts"
import type { Admit } from "./Registry.ts"
import * as Registry from "./Registry.ts"
import type { Scheme } from "./Scheme.ts"
import { builtInScheme } from "./Scheme.ts"
import type { Call, ResourceCall } from "./server/Call.ts"
import * as Discovery from "./server/Discovery.ts"
import * as Mutate from "./server/Mutate.ts"
import { now } from "./server/Now.ts"
import * as OpenApi from "./server/OpenApi.ts"
import * as Pods from "./server/Pods.ts"
import * as Present from "./server/Present.ts"
import * as Read from "./server/Read.ts"
import * as Review from "./server/Review.ts"
import * as Route from "./server/Route.ts"
import * as Scale from "./server/Scale.ts"
import * as Versioned from "./server/Versioned.ts"
import * as Watch from "./server/Watch.ts"
import * as Status from "./Status.ts"
import type { Store } from "./Store.ts"

export interface ServerOptions {
  readonly host: Host
  /** With the resources a cluster adds to the built-in ones. */
  readonly scheme?: Scheme
  /** In order, before validation. */
  readonly admission?: ReadonlyArray<Admit>
  /** Namespaces that exist for `system:masters` only. */
  readonly hiddenNamespaces?: ReadonlyArray<string>
}

export interface Server {
  readonly api: (identity: Identity) => KubeApi
}

const nothing: ReadonlySet<string> = new Set()

export const make = (options: ServerOptions): Server => {
  const scheme = options.scheme ?? builtInScheme
  const registry = Versioned.registry(
    Registry.make({ scheme, admission: [priority, ...(options.admission ?? []), Escalation.admit], validate, validateStatus })
  )
  const hidden = new Set(options.hiddenNamespaces ?? [])
  const visible = scheme.resources.filter((resource) => !resource.hidden)

  return {
    api: (identity) => {
      const master = Rbac.isMaster(identity)
      const callOf = (request: KubeRequest): Call => ({
        host: options.host,
        scheme,
        registry,
        identity,
        request,
        hidden: master ? nothing : hidden
      })

      const begin = (request: KubeRequest): Effect.Effect<Begun, KubeStatus> =>
        Effect.flatMap(options.host.store, (store) => Effect.fromResult(admit(callOf(request), store)))

      return {
        request: (request) =>
          Effect.flatMap(options.host.store, (store) => {
            const admitted = admit(callOf(request), store)
            if (Result.isFailure(admitted)) return Effect.fail(admitted.failure)
            const begun = admitted.success
            if (begun.kind === "other") return Effect.fromResult(other(begun.call, begun.segments, master ? scheme.resources : visible))
            const { call } = begun
            const answered = dispatch(call, store)
            return deprecated[call.resource.id] === undefined ? answered : Effect.map(answered, (reply) => warned(call, reply))
          }),
        watch: (request) =>
          Stream.unwrap(
            Effect.map(begin({ ...request, query: { ...request.query, watch: "true" } }), (begun) =>
              begun.kind === "resource" && begun.call.resource.verbs.includes("watch") && begun.call.path.subresource === ""
                ? Watch.watch(begun.call)
                : Stream.fail(Status.methodNotAllowed)
            )
          ),
        connect: (request) =>
          Effect.flatMap(begin(request), (begun) => {
            if (begun.kind === "resource" && begun.call.resource.id === "pods") {
              if (begun.call.path.subresource === "exec") return Pods.exec(begun.call)
              if (begun.call.path.subresource === "log") return Pods.follow(begun.call)
            }
            return Effect.fail(Status.methodNotAllowed)
          })
      }
    }
  }
}

/** Deprecated resources say so with every answer. */
const deprecated: Readonly<Record<string, string>> = {
  endpoints: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
}

const warned = (call: ResourceCall, reply: KubeReply): KubeReply => {
  const warning = deprecated[call.resource.id]
  return warning === undefined ? reply : { ...reply, warnings: [warning, ...(reply.warnings ?? [])] }
}

type Begun =
  | { readonly kind: "resource"; readonly call: ResourceCall }
  | { readonly kind: "other"; readonly call: Call; readonly segments: ReadonlyArray<string> }

/** Who may do what comes before what there is: a refusal does not tell whether a resource exists. */
const admit = (call: Call, store: Store): Result.Result<Begun, KubeStatus> => {
  const route = Route.parse(call.request.path)
  const attributes = Route.attributesOf(call.request, route)
  if (!Rbac.isAllowed(store, call.identity, attributes)) return Result.fail(refusal(call.identity, attributes))
  if (route.kind === "other") return Result.succeed({ kind: "other", call, segments: route.segments })
  const { path } = route
  const resource = call.scheme.byPath.get(`${path.group}/${path.version}/${path.plural}`)
  if (resource === undefined || (resource.hidden && !Rbac.isMaster(call.identity))) return Result.fail(Status.unknownPath)
  if (path.namespace !== "" && !resource.namespaced && resource.id !== "namespaces") return Result.fail(Status.unknownPath)
  if (path.subresource !== "" && !resource.subresources.has(path.subresource)) return Result.fail(Status.unknownPath)
  if (resource.namespaced && path.namespace === "" && path.name !== "") return Result.fail(Status.unknownPath)
  return Result.succeed({ kind: "resource", call: { ...call, resource, path } })
}

const refusal = (identity: Identity, attributes: Rbac.Attributes): KubeStatus => {
  if (attributes.kind === "path") return Status.forbiddenPath(identity.user, attributes.verb, attributes.path)
  const { group, name, namespace, resource, subresource, verb } = attributes
  const what = subresource === "" ? resource : `${resource}/${subresource}`
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`
  return Status.forbidden(
    { group, plural: resource, kind: "" },
    name,
    `User ${JSON.stringify(identity.user)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`
  )
}

const other = (call: Call, segments: ReadonlyArray<string>, resources: Scheme["resources"]): Result.Result<KubeReply, KubeStatus> => {
  if (call.request.method !== "GET") return Result.fail(Status.methodNotAllowed)
  const answer = segments[0] === "openapi" ? OpenApi.answer(segments, resources) : Discovery.answer(call.request, segments, resources)
  return answer === undefined ? Result.fail(Status.unknownPath) : Result.succeed(answer)
}

/** `store` is that of the request's moment, at which it was admitted. */
const read = (
  call: ResourceCall,
  store: Store,
  answer: (call: ResourceCall, store: Store, now: number) => Result.Result<KubeReply, KubeStatus>
): Effect.Effect<KubeReply, KubeStatus> =>
  Present.needsTime(call.request)
    ? Effect.flatMap(now(call), (time) => Effect.fromResult(answer(call, store, time)))
    : Effect.fromResult(answer(call, store, 0))

/** A dry run goes the whole way and leaves the store as it was. */
const write = (call: ResourceCall, run: Write<KubeReply>): Effect.Effect<KubeReply, KubeStatus> =>
  call.host.write(
    call.identity,
    Route.query(call.request, "dryRun") === "All"
      ? (store, context) => Result.map(run(store, context), ([reply]) => [reply, store] as const)
      : run
  )

const dispatch = (call: ResourceCall, store: Store): Effect.Effect<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  if (path.subresource !== "") return subresource(call, store)
  const verb = Route.verbOf(request, path)
  const scoped = !resource.namespaced || path.namespace !== ""
  if (!resource.verbs.includes(verb === "watch" ? "list" : verb) || (verb === "create" && (path.name !== "" || !scoped))) {
    return Effect.fail(Status.methodNotAllowed)
  }
  if (verb === "create" && resource.namespaced && call.hidden.has(path.namespace)) {
    return Effect.fail(Status.notFound({ group: "", plural: "namespaces", kind: "Namespace" }, path.namespace))
  }
  switch (verb) {
    case "get":
      return read(call, store, Read.get)
    case "create":
      return Review.isReview(resource.id)
        ? Effect.flatMap(now(call), (time) => Effect.fromResult(Review.create(call, store, time)))
        : resource.id === "bindings"
          ? write(bindingOf(call), Pods.bind(bindingOf(call)))
          : write(call, Mutate.create(call))
    case "update":
      return path.name === "" ? Effect.fail(Status.methodNotAllowed) : write(call, Mutate.update(call, "main"))
    case "patch":
      return path.name === "" ? Effect.fail(Status.methodNotAllowed) : write(call, Mutate.patch(call, "main"))
    case "delete":
      return write(call, Mutate.remove(call))
    case "deletecollection":
      return scoped ? write(call, Mutate.removeAll(call)) : Effect.fail(Status.methodNotAllowed)
    default:
      return read(call, store, Read.list)
  }
}

/** A Binding posted to the collection names its pod itself. */
const bindingOf = (call: ResourceCall): ResourceCall => {
  const pods = call.scheme.byId.get("pods") ?? call.resource
  const name = Route.nameOf(call.request.body)
  return { ...call, resource: pods, path: { ...call.path, plural: "pods", name } }
}

const subresource = (call: ResourceCall, store: Store): Effect.Effect<KubeReply, KubeStatus> => {
  const { path, request } = call
  switch (`${request.method} ${path.subresource}`) {
    case "GET status":
      return read(call, store, Read.get)
    case "PUT status":
      return write(call, Mutate.update(call, "status"))
    case "PATCH status":
      return write(call, Mutate.patch(call, "status"))
    case "GET scale":
      return read(call, store, Scale.get)
    case "PUT scale":
      return write(call, Scale.update(call))
    case "PATCH scale":
      return write(call, Scale.patch(call))
    case "GET log":
      return Pods.log(call)
    case "POST binding":
      return write(call, Pods.bind(call))
    case "POST eviction":
      return write(call, Pods.evict(call))
    case "GET exec":
    case "POST exec":
      return Effect.fail(Status.badRequest("Upgrade request required"))
    default:
      return Effect.fail(Status.methodNotAllowed)
  }
}
