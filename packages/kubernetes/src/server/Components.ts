/** ComponentStatus: what the server finds when it asks the parts of the control plane how they are. Nothing is stored. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Status from "../Status.ts"
import type { ResourceCall } from "./Call.ts"
import * as Present from "./Present.ts"
import { filterOf } from "./Read.ts"

/** Whether the controller manager and the scheduler run beside the server. */
export type Components = "absent" | "running"

const probe = (port: number): string => `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`

const component = (name: string, status: "True" | "False", message: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ComponentStatus",
  metadata: { name },
  conditions: [{ type: "Healthy", status, message }]
})

const healthy = (name: string): KubeObject => component(name, "True", "ok")

const found: Readonly<Record<Components, ReadonlyArray<KubeObject>>> = {
  absent: [component("controller-manager", "False", probe(10257)), component("scheduler", "False", probe(10259)), healthy("etcd-0")],
  running: [healthy("controller-manager"), healthy("scheduler"), healthy("etcd-0")]
}

const subject = { group: "", plural: "componentstatus", kind: "ComponentStatus" }

export const answer = (call: ResourceCall, components: Components): Result.Result<KubeReply, KubeStatus> => {
  const { path, request, resource } = call
  const all = found[components]
  if (path.name === "") {
    return Result.map(filterOf(call), (filter) => Present.reply(200, Present.many(request, resource, all.filter(filter), {}, 0)))
  }
  const one = all.find(({ metadata }) => metadata.name === path.name)
  return one === undefined
    ? Result.fail(Status.notFound(subject, path.name))
    : Result.succeed(Present.reply(200, Present.one(request, resource, one, 0)))
}
