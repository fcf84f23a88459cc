/** The subresources of pods that lead to a container: log, exec, and what is not served. */
import type { Duplex, KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ContainerRef, LogOptions } from "../Host.ts"
import { at, records, string } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { Report } from "../validation/Report.ts"
import type { ResourceCall } from "./Call.ts"
import * as Options from "./Options.ts"
import { find } from "./Read.ts"
import { flag, query, queryAll } from "./Route.ts"

const namesOf = (pod: KubeObject, key: string): ReadonlyArray<string> =>
  records(at(pod, "spec", key)).map((container) => string(container["name"]) ?? "")

/** The container that the request names, or the only one. */
const containerOf = (call: ResourceCall, pod: KubeObject): Result.Result<ContainerRef, KubeStatus> => {
  const { name, namespace = "" } = pod.metadata
  const containers = namesOf(pod, "containers")
  const inits = namesOf(pod, "initContainers")
  const asked = query(call.request, "container") ?? ""
  if (asked === "" && containers.length > 1) {
    const alternatives = inits.length === 0 ? "" : ` or one of the init containers: [${inits.join(" ")}]`
    return Result.fail(
      Status.badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(" ")}]${alternatives}`)
    )
  }
  const container = asked === "" ? (containers[0] ?? "") : asked
  return [...containers, ...inits, ...namesOf(pod, "ephemeralContainers")].includes(container)
    ? Result.succeed({ namespace, pod: name, container })
    : Result.fail(Status.badRequest(`container ${container} is not valid for pod ${name}`))
}

const integer = (call: ResourceCall, name: string): number | undefined => {
  const text = query(call.request, name) ?? ""
  return /^-?\d+$/.test(text) ? Number(text) : undefined
}

const numbers = ["sinceSeconds", "tailLines", "limitBytes"]

/** What is wrong with the options of a log. */
const refusal = (call: ResourceCall): KubeStatus | undefined => {
  const unparsed = Options.unparsed(call.request, numbers)
  if (unparsed !== undefined) return unparsed
  const { limitBytes = 1, sinceSeconds, tailLines = 0 } = logOptions(call)
  const report = new Report()
  if (tailLines < 0) report.invalid("tailLines", tailLines, "must be greater than or equal to 0")
  if (limitBytes < 1) report.invalid("limitBytes", limitBytes, "must be greater than 0")
  if (sinceSeconds !== undefined && query(call.request, "sinceTime") !== undefined) {
    report.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified")
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) report.invalid("sinceSeconds", sinceSeconds, "must be greater than 0")
  return report.failed ? Status.invalid({ group: "", plural: "", kind: "PodLogOptions" }, call.path.name, report.causes) : undefined
}

const logOptions = (call: ResourceCall): LogOptions => {
  const tailLines = integer(call, "tailLines")
  const sinceSeconds = integer(call, "sinceSeconds")
  const limitBytes = integer(call, "limitBytes")
  const sinceTime = query(call.request, "sinceTime")
  return {
    previous: flag(call.request, "previous"),
    follow: flag(call.request, "follow"),
    timestamps: flag(call.request, "timestamps"),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime === undefined ? {} : { sinceTime })
  }
}

/** `undefined` when the pod is on no node. */
const logStream = (call: ResourceCall): Effect.Effect<Stream.Stream<string, KubeStatus> | undefined, KubeStatus> =>
  Effect.gen(function* () {
    const refused = refusal(call)
    if (refused !== undefined) return yield* refused
    const store = yield* call.host.store
    const pod = yield* Effect.fromResult(find(call, store))
    const container = yield* Effect.fromResult(containerOf(call, pod))
    return (at(pod, "spec", "nodeName") ?? "") === "" ? undefined : call.host.log(container, logOptions(call))
  })

/** The log up to now. */
export const log = (call: ResourceCall): Effect.Effect<KubeReply, KubeStatus> =>
  Effect.flatMap(logStream(call), (lines) =>
    lines === undefined
      ? Effect.succeed({ code: 204, body: "" })
      : Effect.map(Stream.runCollect(lines), (parts) => ({ code: 200, body: parts.join(""), contentType: "text/plain" }))
  )

/** The log as it grows, on the channel of stdout. */
export const follow = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus> => {
  const encoder = new TextEncoder()
  return Effect.map(logStream(call), (lines) => ({
    send: () => Effect.void,
    end: () => Effect.void,
    received: Stream.map(lines ?? Stream.empty, (text) => ({ channel: 1, data: encoder.encode(text) }))
  }))
}

/** The container of a pod that has a node, for a stream. */
const streaming = (call: ResourceCall): Effect.Effect<ContainerRef, KubeStatus> =>
  Effect.flatMap(call.host.store, (store) => {
    const pod = find(call, store)
    if (Result.isFailure(pod)) return Effect.fail(pod.failure)
    const container = containerOf(call, pod.success)
    if (Result.isFailure(container)) return Effect.fail(container.failure)
    return (at(pod.success, "spec", "nodeName") ?? "") === ""
      ? Effect.fail(Status.badRequest(`pod ${pod.success.metadata.name} does not have a host assigned`))
      : Effect.succeed(container.success)
  })

const streams = (call: ResourceCall) => ({ stdin: flag(call.request, "stdin"), tty: flag(call.request, "tty") })

export const exec = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus, Scope.Scope> =>
  Effect.flatMap(streaming(call), (container) => {
    const argv = queryAll(call.request, "command")
    if (argv.length === 0) return Effect.fail(Status.badRequest("you must specify at least 1 command for the container"))
    return call.host.exec(container, argv, streams(call))
  })

export const attach = (call: ResourceCall): Effect.Effect<Duplex, KubeStatus, Scope.Scope> =>
  Effect.flatMap(streaming(call), (container) => call.host.attach(container, streams(call)))

/** What a connection is answered that was not asked to be upgraded. */
export const unconnected = (call: ResourceCall, store: Store.Store): KubeStatus => {
  const found = find(call, store)
  if (Result.isFailure(found)) return found.failure
  const node = string(at(found.success, "spec", "nodeName")) ?? ""
  if (node === "") return Status.badRequest(`pod ${found.success.metadata.name} does not have a host assigned`)
  // the real server names the wrong kind
  return Store.get(store, "nodes", "", node) === undefined ? Status.notFound(call.resource, node) : Status.upgradeRequired
}
