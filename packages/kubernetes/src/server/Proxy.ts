/**
 * `proxy` of pods, services and nodes: a request passed on to a program in the cluster, and its answer passed back. What it answers is its
 * own, whatever the code; only what keeps the request from it is the server's (pkg/registry/core/{pod,service,node}).
 */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { array, at, number, record, records, string } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import type { WebReply, WebRequest } from "../web/Web.ts"
import type { ResourceCall } from "./Call.ts"
import { find } from "./Read.ts"

/** `[scheme:]name[:port]`. */
interface Target {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

const kubeletPort = "10250"

const targetOf = (call: ResourceCall): Result.Result<Target, KubeStatus> => {
  const parts = call.path.name.split(":")
  const [scheme = "", name = "", port = ""] = parts.length === 3 ? parts : ["", ...parts]
  return name !== "" && parts.length <= 3 && ["", "http", "https"].includes(scheme)
    ? Result.succeed({ scheme, name, port })
    : Result.fail(Status.badRequest(`invalid ${call.resource.kind.toLowerCase()} request ${JSON.stringify(call.path.name)}`))
}

/** Path and query for the other side; `undefined` when the path ends with `proxy` itself. */
const restOf = ({ request }: ResourceCall): string | undefined => {
  const rest = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?[^/]+\/[^/]+\/proxy(\/.*)?$/su.exec(request.path)?.[1]
  const query = Object.entries(request.query ?? {}).flatMap(([key, value]) =>
    (typeof value === "string" ? [value] : value).map((one) => [key, one] as [string, string])
  )
  return rest === undefined ? undefined : `${encodeURI(rest)}${query.length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`
}

const requestOf = ({ request }: ResourceCall, target: string): WebRequest => ({
  method: request.method,
  target,
  headers: {
    ...(request.accept === undefined ? {} : { accept: request.accept }),
    ...(request.contentType === undefined ? {} : { "content-type": request.contentType }),
    ...(request.userAgent === undefined ? {} : { "user-agent": request.userAgent })
  },
  body: request.text ?? (request.body === undefined ? "" : JSON.stringify(request.body))
})

const replied = ({ body, code, headers }: WebReply): KubeReply => {
  const { "content-type": contentType = "application/octet-stream", ...rest } = headers
  return { code, body, contentType, ...(Object.keys(rest).length === 0 ? {} : { headers: rest }) }
}

const unreached = (why: string): KubeStatus => Status.unavailable(`error trying to reach service: ${why}`)

/** A pod and one of its ports. */
interface Place {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

const ask = (call: ResourceCall, target: Target, place: Place, rest: string): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.gen(function* () {
    const dialled = yield* call.host.dial(place, place.port)
    if (dialled._tag === "Failed") return yield* unreached(dialled.message)
    // no program speaks TLS
    if (target.scheme === "https") return yield* unreached("http: server gave HTTP response to HTTPS client")
    const reply = yield* dialled.ask(requestOf(call, rest))
    return reply === undefined ? yield* unreached("EOF") : replied(reply)
  })

const named = (call: ResourceCall, store: Store.Store, name: string): Result.Result<KubeObject, KubeStatus> =>
  find({ ...call, path: { ...call.path, name } }, store)

const ofPod = (call: ResourceCall, store: Store.Store, { name, port }: Target): Result.Result<Place, KubeStatus> =>
  Result.gen(function* () {
    const pod = yield* named(call, store, name)
    const first = records(at(pod, "spec", "containers")).flatMap((container) => records(container["ports"]))[0]
    const chosen = port === "" ? (number(first?.["containerPort"]) ?? 80) : Number(port)
    if ((string(at(pod, "status", "podIP")) ?? "") === "") return yield* Result.fail(Status.badRequest("address not allowed"))
    if (!Number.isInteger(chosen)) return yield* Result.fail(unreached(`dial tcp: lookup tcp/${port}: unknown port`))
    return { namespace: call.path.namespace, pod: name, port: chosen }
  })

const ofService = (call: ResourceCall, store: Store.Store, target: Target): Result.Result<Place, KubeStatus> =>
  Result.gen(function* () {
    const { name, port } = target
    const service = yield* named(call, store, name)
    let portName = port
    if (/^\d+$/u.test(port)) {
      const found = records(at(service, "spec", "ports")).find((one) => one["port"] === Number(port))
      if (found === undefined) {
        return yield* Result.fail(Status.unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`))
      }
      portName = string(found["name"]) ?? ""
    }
    const endpoints = Store.get(store, "endpoints", call.path.namespace, name)
    if (endpoints === undefined) return yield* Result.fail(Status.notFound(call.resource, name))
    const subsets = array(endpoints["subsets"]).map(record)
    for (const subset of subsets) {
      const mapped = number(records(subset["ports"]).find((one) => (string(one["name"]) ?? "") === portName)?.["port"])
      const pod = records(subset["addresses"])
        .map((address) => record(address["targetRef"]))
        .find((reference) => Store.get(store, "pods", call.path.namespace, string(reference["name"]) ?? "") !== undefined)
      if (mapped !== undefined && pod !== undefined) {
        return { namespace: call.path.namespace, pod: string(pod["name"]) ?? "", port: mapped }
      }
    }
    const told = subsets.length === 0 ? name : call.path.name
    return yield* Result.fail(Status.unavailable(`no endpoints available for service ${JSON.stringify(told)}`))
  })

const ofNode = (call: ResourceCall, store: Store.Store, { name, port }: Target, rest: string): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.gen(function* () {
    const node = yield* Effect.fromResult(named(call, store, name))
    const address = string(records(at(node, "status", "addresses")).find((one) => one["type"] === "InternalIP")?.["address"]) ?? ""
    if (port !== "" && port !== kubeletPort) return yield* unreached(`dial tcp ${address}:${port}: connect: connection refused`)
    return replied(yield* call.host.kubelet(name, requestOf(call, rest)))
  })

export const proxy = (call: ResourceCall, store: Store.Store): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.gen(function* () {
    const target = yield* Effect.fromResult(targetOf(call))
    const rest = restOf(call)
    if (call.resource.id === "nodes") return yield* ofNode(call, store, target, rest ?? "/")
    const place = yield* Effect.fromResult((call.resource.id === "pods" ? ofPod : ofService)(call, store, target))
    if (rest === undefined && call.request.method === "GET") {
      return { code: 301, body: "", contentType: "text/plain", headers: { location: `${call.request.path}/` } }
    }
    return yield* ask(call, target, place, rest ?? "/")
  })
