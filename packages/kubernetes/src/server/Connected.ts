/** Requests that write no object of their own, as webhooks and policies see them: connections, bindings, evictions. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Subject } from "../admission/Dynamic.ts"
import type { Write } from "../Host.ts"
import { record } from "../Json.ts"
import type { ResourceCall } from "./Call.ts"
import { flag, queryAll } from "./Route.ts"

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const core = (kind: string): Kind => ({ group: "", version: "v1", kind })

const connections: Readonly<Record<string, Kind>> = {
  exec: core("PodExecOptions"),
  attach: core("PodAttachOptions"),
  portforward: core("PodPortForwardOptions")
}

const proxies: Readonly<Record<string, Kind>> = {
  pods: core("PodProxyOptions"),
  services: core("ServiceProxyOptions"),
  nodes: core("NodeProxyOptions")
}

const apiVersionOf = ({ group, version }: Kind): string => (group === "" ? version : `${group}/${version}`)

const subject = (call: ResourceCall, operation: Subject["operation"], subresource: string, kind: Kind, body: object): Subject => {
  const { name, namespace } = call.path
  const object: KubeObject = {
    ...body,
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { name, ...(namespace === "" ? {} : { namespace }) }
  }
  return { operation, resource: call.resource, subresource, kind, naming: "given", object, previous: undefined, place: { namespace, name } }
}

const streams = (call: ResourceCall): object => {
  const [command, container] = [queryAll(call.request, "command"), queryAll(call.request, "container")[0]]
  const set = ["stdin", "stdout", "stderr", "tty"].filter((name) => flag(call.request, name))
  return {
    ...Object.fromEntries(set.map((name) => [name, true])),
    ...(container === undefined ? {} : { container }),
    ...(command.length === 0 ? {} : { command })
  }
}

/** Changes nothing: it is refused or it isn't. */
export const connect = (call: ResourceCall): Write<undefined> => {
  const [subresource = ""] = call.path.subresource.split("/")
  const kind = subresource === "proxy" ? proxies[call.resource.id] : connections[subresource]
  return kind === undefined
    ? (store) => Result.succeed([undefined, store])
    : call.registry.pass(subject(call, "CONNECT", subresource, kind, streams(call)))
}

export const bind = (call: ResourceCall): Write<undefined> =>
  call.registry.pass(subject(call, "CREATE", "binding", core("Binding"), record(call.request.body)))

export const evict = (call: ResourceCall): Write<undefined> =>
  call.registry.pass(subject(call, "CREATE", "eviction", { group: "policy", version: "v1", kind: "Eviction" }, record(call.request.body)))
