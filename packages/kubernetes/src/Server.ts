/**
 * The API server over a host. `api` gives it as one identity sees it: RBAC decides what may be done, and what is hidden from the
 * identity does not exist for it.
 *
 * In process a request is a function call: no socket, no serialisation. Objects in answers are the stored ones and must not be
 * changed.
 */
import type { Identity, KubeApi, KubeReply, KubeRequest } from "@aiopslab/core/Kubernetes"
import { KubeStatus, patchTypes } from "@aiopslab/core/Kubernetes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Dynamic from "./admission/Dynamic.ts"
import { priority } from "./admission/Priority.ts"
import * as Admission from "./custom/Admission.ts"
import * as Rules from "./custom/Rules.ts"
import * as Schemes from "./custom/Schemes.ts"
import * as CustomValidation from "./custom/Validation.ts"
import * as SigningRequests from "./SigningRequests.ts"
import { validate, validateStatus } from "./Validation.ts"
import * as Escalation from "./Escalation.ts"
import type { Host, Write } from "./Host.ts"
import { forbidden } from "./Forbidden.ts"
import * as Rbac from "./Rbac.ts"
import type { Admit, Advise } from "./Registry.ts"
import * as Registry from "./Registry.ts"
import type { Scheme } from "./Scheme.ts"
import { builtInScheme } from "./Scheme.ts"
import * as Authority from "./server/Authority.ts"
import type { Call, ResourceCall } from "./server/Call.ts"
import * as Bind from "./server/Bind.ts"
import * as Components from "./server/Components.ts"
import * as Connected from "./server/Connected.ts"
import * as Decode from "./server/Decode.ts"
import * as Definitions from "./server/Definitions.ts"
import * as Discovery from "./server/Discovery.ts"
import * as Evict from "./server/Evict.ts"
import * as Metrics from "./server/Metrics.ts"
import * as Mutate from "./server/Mutate.ts"
import * as Negotiate from "./server/Negotiate.ts"
import { now } from "./server/Now.ts"
import * as OpenApi from "./server/OpenApi.ts"
import * as Options from "./server/Options.ts"
import * as Parts from "./server/Parts.ts"
import * as Pods from "./server/Pods.ts"
import { portForward } from "./server/PortForward.ts"
import * as Present from "./server/Present.ts"
import { proxy } from "./server/Proxy.ts"
import * as Read from "./server/Read.ts"
import * as ResourceMetrics from "./server/ResourceMetrics.ts"
import * as Review from "./server/Review.ts"
import * as Route from "./server/Route.ts"
import * as Scale from "./server/Scale.ts"
import { settling } from "./server/Settling.ts"
import * as Tokens from "./server/Tokens.ts"
import * as Versioned from "./server/Versioned.ts"
import * as Watch from "./server/Watch.ts"
import * as Status from "./Status.ts"
import type { Store } from "./Store.ts"
import type { Trust } from "./trust/Trust.ts"

export interface ServerOptions {
  readonly host: Host
  /** With the resources a cluster adds to the built-in ones. */
  readonly scheme?: Scheme
  /** In order, before validation. */
  readonly admission?: ReadonlyArray<Admit>
  /** Default: admission warns of nothing. */
  readonly advise?: Advise
  /** Namespaces that exist for `system:masters` only. */
  readonly hiddenNamespaces?: ReadonlyArray<string>
  /** Of the control plane beside the server; a bare server has none. */
  readonly components?: Components.Components
  /** For metrics.k8s.io, where the scheme has it. */
  readonly usage?: Effect.Effect<ResourceMetrics.Usage>
  /** Of the cluster, which signs its tokens. */
  readonly trust?: Trust
  /** Where clients outside the cluster find the server, for who checks tokens. Default `kubernetes.default.svc`. */
  readonly address?: string
}

export interface Server {
  readonly api: (identity: Identity) => KubeApi
  /** Whose bearer token it is, by the host's clock. */
  readonly authenticate: (token: string) => Effect.Effect<Identity | undefined>
  /** What RBAC says at this moment. */
  readonly authorize: (identity: Identity, attributes: Rbac.Attributes) => Effect.Effect<boolean>
}

const nothing: ReadonlySet<string> = new Set()

export const make = (options: ServerOptions): Server => {
  const base = options.scheme ?? builtInScheme
  const admission = [priority, ...(options.admission ?? []), Admission.admit, SigningRequests.admit, Escalation.admit]
  const registry = Versioned.registry(Registry.make({ scheme: base, admission, validate: validated, validateStatus, dynamic: "asked" }))
  const hidden = new Set(options.hiddenNamespaces ?? [])
  const metrics = Metrics.make()
  const authority = Authority.make(options.trust)

  return {
    authenticate: (token) =>
      Effect.flatMap(options.host.store, (store) =>
        Effect.map(Clock.currentTimeMillis, (time) => {
          const found = Authority.bearerOf(authority, store, token, time, [authority.issuer])
          return Result.isSuccess(found) ? found.success.identity : undefined
        })
      ),
    authorize: (identity, attributes) => Effect.map(options.host.store, (store) => Rbac.isAllowed(store, identity, attributes)),
    api: (identity) => {
      const master = Rbac.isMaster(identity)
      const callOf = (request: KubeRequest, store: Store): Call => ({
        host: options.host,
        scheme: Schemes.at(base, store),
        registry,
        advise: options.advise ?? (() => []),
        authority,
        identity,
        request,
        hidden: master ? nothing : hidden
      })

      const begin = (request: KubeRequest): Effect.Effect<Begun, KubeStatus> =>
        Effect.flatMap(options.host.store, (store) => Effect.fromResult(admit(callOf(request, store), store)))

      const counting = (request: KubeRequest, answered: Effect.Effect<KubeReply, KubeStatus>): Effect.Effect<KubeReply, KubeStatus> =>
        answered.pipe(
          Effect.tap(({ code }) => Effect.sync(() => metrics.count(Route.countedAs(request, code)))),
          Effect.tapError(({ code }) => Effect.sync(() => metrics.count(Route.countedAs(request, code))))
        )

      return {
        request: (request) =>
          counting(
            request,
            Effect.flatMap(options.host.store, (store) => {
              const admitted = admit(callOf(request, store), store)
              if (Result.isFailure(admitted)) return Effect.fail(admitted.failure)
              const begun = admitted.success
              if (begun.kind === "other") {
                const { scheme } = begun.call
                const issued = Tokens.discovery(authority, store, options.address ?? "kubernetes.default.svc", request.path)
                if (issued !== undefined && request.method === "GET") return Effect.succeed(issued)
                return request.path === "/metrics"
                  ? Effect.succeed(metrics.answer(store, scheme))
                  : Effect.fromResult(other(begun.call, begun.segments, master ? scheme.resources : visibleIn(scheme)))
              }
              const { call } = begun
              if (call.resource.id === "componentstatuses" && request.method === "GET") {
                return Effect.fromResult(
                  Result.map(Components.answer(call, options.components ?? "absent"), (reply) => warned(call, reply))
                )
              }
              const answered =
                options.usage !== undefined && call.resource.group === ResourceMetrics.group
                  ? using(call, store, options.usage)
                  : dispatch(call, store)
              return warningOf(call) === undefined ? answered : Effect.map(answered, (reply) => warned(call, reply))
            })
          ),
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
              const { call } = begun
              switch (call.path.subresource) {
                case "exec":
                  return passing(call, Pods.exec(call))
                case "attach":
                  return passing(call, Pods.attach(call))
                case "portforward":
                  return passing(call, portForward(call))
                case "log":
                  return Pods.follow(call)
              }
            }
            return Effect.fail(Status.methodNotAllowed)
          })
      }
    }
  }
}

const validated: Registry.Validate = (object, previous, resource) => {
  const causes = validate(object, previous, resource)
  if (resource.custom === undefined) return causes
  const { schema } = resource.custom
  const found = [...causes, ...CustomValidation.validate(object, schema)]
  return [...found, ...Rules.validate(object, previous, schema, found)]
}

const visibleResources = new WeakMap<Scheme, Scheme["resources"]>()

const visibleIn = (scheme: Scheme): Scheme["resources"] => {
  const known = visibleResources.get(scheme)
  if (known !== undefined) return known
  const visible = scheme.resources.filter((resource) => !resource.hidden)
  visibleResources.set(scheme, visible)
  return visible
}

/** Deprecated resources say so with every answer. */
const deprecated: Readonly<Record<string, string>> = {
  componentstatuses: "v1 ComponentStatus is deprecated in v1.19+",
  endpoints: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
}

const warningOf = ({ resource }: ResourceCall): string | undefined => resource.custom?.warning ?? deprecated[resource.id]

const warned = (call: ResourceCall, reply: KubeReply): KubeReply => {
  const warning = warningOf(call)
  return warning === undefined ? reply : { ...reply, warnings: [warning, ...(reply.warnings ?? [])] }
}

type Begun =
  | { readonly kind: "resource"; readonly call: ResourceCall }
  | { readonly kind: "other"; readonly call: Call; readonly segments: ReadonlyArray<string> }

/** Who may do what comes before what there is: a refusal does not tell whether a resource exists. */
const admit = (call: Call, store: Store): Result.Result<Begun, KubeStatus> => {
  const route = Route.parse(call.request.path)
  const attributes = Route.attributesOf(call.request, route)
  if (!Rbac.isAllowed(store, call.identity, attributes)) return Result.fail(forbidden(call.identity, attributes))
  if (route.kind === "other") return Result.succeed({ kind: "other", call, segments: route.segments })
  const { path } = route
  const resource = call.scheme.byPath.get(`${path.group}/${path.version}/${path.plural}`)
  if (resource === undefined || (resource.hidden && !Rbac.isMaster(call.identity))) {
    const ours = path.group === "" || builtInScheme.resources.some(({ group }) => group === path.group)
    return Result.fail(ours ? Status.unknownPath : Status.pageNotFound)
  }
  if (path.namespace !== "" && !resource.namespaced && resource.id !== "namespaces") return Result.fail(Status.unknownPath)
  const [part = ""] = path.subresource.split("/")
  // what follows a proxy is a path of the other side
  if (part !== "" && !resource.subresources.has(part === "proxy" ? part : path.subresource)) return Result.fail(Status.unknownPath)
  if (resource.namespaced && path.namespace === "" && path.name !== "") return Result.fail(Status.unknownPath)
  const many = path.name !== "" || call.request.method !== "GET" ? "object" : Route.isWatch(call.request) ? "watch" : "list"
  const unacceptable = Negotiate.refusal(
    call.request,
    many,
    `*${(resource.id === "events" ? "" : resource.group).split(".")[0] || "core"}.${resource.kind}`
  )
  if (unacceptable !== undefined) return Result.fail(unacceptable)
  return Result.succeed({ kind: "resource", call: { ...call, resource, path } })
}

const other = (call: Call, segments: ReadonlyArray<string>, resources: Scheme["resources"]): Result.Result<KubeReply, KubeStatus> => {
  if (call.request.method !== "GET") return Result.fail(Status.methodNotAllowed)
  const [root = ""] = segments
  const acceptable = Discovery.isText(root)
    ? undefined
    : Negotiate.refusal(call.request, root === "version" ? "json" : root === "apis" && segments.length < 3 ? "group" : "object", "")
  if (acceptable !== undefined && !Discovery.wantsAggregated(call.request)) return Result.fail(acceptable)
  const answer =
    root === "openapi" ? OpenApi.answer(call.request, segments, resources) : Discovery.answer(call.request, segments, resources)
  if (answer !== undefined) return Result.succeed(answer)
  return Result.fail(root === "api" || (root === "apis" && segments.length > 2) ? Status.unknownPath : Status.pageNotFound)
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

/** A connection is a request that webhooks and policies may refuse. */
const passing = <A, R>(call: ResourceCall, made: Effect.Effect<A, KubeStatus, R>): Effect.Effect<A, KubeStatus, R> =>
  Effect.flatMap(call.host.store, (store) =>
    Dynamic.isAsked(store) ? Effect.andThen(call.host.write(call.identity, Connected.connect(call)), made) : made
  )

/** With what webhooks and policies warn of, when there are any. */
const warning =
  (call: ResourceCall, run: Write<KubeReply>): Write<KubeReply> =>
  (store, context) => {
    if (!Dynamic.isAsked(store)) return run(store, context)
    const warnings = new Set<string>()
    const isDry = Options.isDry(call.request)
    const result = run(store, { ...context, isDry, warn: (text) => void warnings.add(text) })
    if (warnings.size === 0) return result
    return Result.mapBoth(result, {
      onSuccess: ([reply, next]) => [{ ...reply, warnings: [...(reply.warnings ?? []), ...warnings] }, next] as const,
      onFailure: ({ code, details, message, reason, warnings: own = [] }) =>
        new KubeStatus({ code, reason, message, ...(details === undefined ? {} : { details }), warnings: [...own, ...warnings] })
    })
  }

/** A dry run goes the whole way and leaves the store as it was. */
const write = (call: ResourceCall, given: Write<KubeReply>): Effect.Effect<KubeReply, KubeStatus> => {
  const settle = settling(call)
  const run = warning(call, given)
  return call.host.write(
    call.identity,
    Options.isDry(call.request)
      ? (store, context) => Result.map(run(store, context), ([reply]) => [reply, store] as const)
      : settle === undefined
        ? run
        : (store, context) => Result.map(run(store, context), ([reply, next]) => [reply, settle(next, context)] as const)
  )
}

/** What the pods and nodes of the request's moment use. */
const using = (call: ResourceCall, store: Store, usage: Effect.Effect<ResourceMetrics.Usage>): Effect.Effect<KubeReply, KubeStatus> =>
  call.resource.verbs.includes(Route.verbOf(call.request, call.path))
    ? Effect.flatMap(usage, (used) => Effect.fromResult(ResourceMetrics.answer(call, store, used)))
    : Effect.fail(Status.methodNotAllowed)

const dispatch = (call: ResourceCall, store: Store): Effect.Effect<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  if (path.subresource !== "") return subresource(call, store)
  const verb = Route.verbOf(request, path)
  const scoped = !resource.namespaced || path.namespace !== ""
  // what is not stored has no paths of its own
  if ((path.name !== "" || !scoped) && !resource.verbs.includes("get")) return Effect.fail(Status.unknownPath)
  if (!resource.verbs.includes(verb === "watch" ? "list" : verb) || (verb === "create" && (path.name !== "" || !scoped))) {
    return Effect.fail(isServed(call) ? Status.methodNotAllowed : Status.unknownPath)
  }
  const refused = refusedOptions(call, verb) ?? Decode.malformed(call)
  if (refused !== undefined) return Effect.fail(refused)
  if (verb === "create" && resource.namespaced && call.hidden.has(path.namespace)) {
    return Effect.fail(Status.notFound({ group: "", plural: "namespaces", kind: "Namespace" }, path.namespace))
  }
  switch (verb) {
    case "get":
      return read(call, store, Read.get)
    case "create":
      return Review.isReview(resource.id)
        ? Effect.flatMap(now(call), (time) =>
            Effect.fromResult(resource.plural === "tokenreviews" ? Tokens.review(call, store, time) : Review.create(call, store, time))
          )
        : resource.id === "bindings"
          ? write(bindingOf(call), Bind.bind(bindingOf(call)))
          : write(call, Mutate.create(call))
    case "update":
      if (path.name === "") return Effect.fail(Status.methodNotAllowed)
      return write(call, Mutate.update(call, "main"))
    case "patch":
      if (path.name === "") return Effect.fail(Status.methodNotAllowed)
      return resource.custom !== undefined && request.contentType?.startsWith(patchTypes.strategic) === true
        ? Effect.fail(Status.unsupportedCustomPatch)
        : write(call, Mutate.patch(call, "main"))
    case "delete":
      return write(call, resource.id === Schemes.definitions ? Definitions.remove(call) : Mutate.remove(call))
    case "deletecollection":
      return scoped ? write(call, Mutate.removeAll(call)) : Effect.fail(Status.methodNotAllowed)
    default:
      return read(call, store, Read.list)
  }
}

/** Whether anything is at a path: of what is only created, items and the collection of all namespaces are not. */
const isServed = ({ path, resource }: ResourceCall): boolean =>
  path.name !== ""
    ? resource.verbs.some((verb) => verb !== "create" && verb !== "list")
    : path.namespace !== "" || !resource.namespaced || resource.verbs.includes("list")

/** A Binding posted to the collection names its pod itself. */
const bindingOf = (call: ResourceCall): ResourceCall => {
  const pods = call.scheme.byId.get("pods") ?? call.resource
  return { ...call, resource: pods, path: { ...call.path, plural: "pods" } }
}

const optionKinds: Readonly<Record<string, string>> = { create: "CreateOptions", update: "UpdateOptions", patch: "PatchOptions" }

const refusedOptions = ({ request }: ResourceCall, verb: string): KubeStatus | undefined => {
  const kind = optionKinds[verb]
  if (kind !== undefined) return Options.ofWrite(request, kind)
  return verb.startsWith("delete") ? Options.ofDelete(request) : undefined
}

/** Connections, which only an upgraded request makes. */
const upgrades: ReadonlySet<string> = new Set(["exec", "attach", "portforward"])

const subresource = (call: ResourceCall, store: Store): Effect.Effect<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  if (path.subresource.split("/")[0] === "proxy") return passing(call, proxy(call, store))
  const verb = Route.verbOf(request, path)
  const refused = request.method === "GET" ? undefined : (refusedOptions(call, verb) ?? Decode.malformed(call))
  if (refused !== undefined) return Effect.fail(refused)
  if (upgrades.has(path.subresource)) {
    return Effect.fail(request.method === "GET" || request.method === "POST" ? Pods.unconnected(call, store) : Status.methodNotAllowed)
  }
  const whole = path.subresource === "status" || Parts.isPart(resource.id, path.subresource)
  if (whole && request.method === "GET" && resource.subresources.get(path.subresource)?.verbs.includes("get") === true) {
    return read(call, store, Read.get)
  }
  if (whole && path.subresource !== "status") {
    const part = Parts.of(call)
    if (request.method === "PUT") return write(call, Mutate.update(part, "main"))
    return request.method === "PATCH" && resource.subresources.get(path.subresource)?.verbs.includes("patch") === true
      ? write(call, Mutate.patch(part, "main"))
      : Effect.fail(Status.methodNotAllowed)
  }
  switch (`${request.method} ${path.subresource}`) {
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
      return write(call, Bind.bind(call))
    case "POST eviction":
      return write(call, Evict.evict(call))
    case "POST token":
      return Tokens.request(call, store)
    default:
      return Effect.fail(Status.methodNotAllowed)
  }
}
