/** `pods/binding` and `bindings`: the node of a pod that has none, which a scheduler posts. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { withCondition } from "../Conditions.ts"
import type { Write } from "../Host.ts"
import { array, at, record, string, stringRecord } from "../Json.ts"
import * as Status from "../Status.ts"
import * as Store from "../Store.ts"
import { explainPathSegment } from "../validation/Names.ts"
import type { ResourceCall } from "./Call.ts"
import * as Connected from "./Connected.ts"
import * as Decode from "./Decode.ts"
import * as Present from "./Present.ts"
import { find } from "./Read.ts"

const success = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }

const refusal = (binding: KubeObject): KubeStatus | undefined => {
  const kind = string(at(binding, "target", "kind")) ?? ""
  const wrong = [
    ...(kind === "" || kind === "Node"
      ? []
      : [`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`]),
    ...((at(binding, "target", "name") ?? "") === "" ? ["target.name: Required value"] : [])
  ]
  if (wrong.length > 0) return Status.internal(wrong.length === 1 ? (wrong[0] ?? "") : `[${wrong.join(", ")}]`)
  const { name } = binding.metadata
  if (name === "") return Status.badRequest("Name parameter required.")
  const why = explainPathSegment(name)
  return why.length === 0 ? undefined : Status.badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why.join(";")}`)
}

/** Why a pod can't be bound. */
const unbindable = (pod: KubeObject): string | undefined => {
  const { deletionTimestamp, name } = pod.metadata
  const node = string(at(pod, "spec", "nodeName")) ?? ""
  if (deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`
  if (node !== "") return `pod ${name} is already assigned to node ${JSON.stringify(node)}`
  return array(at(pod, "spec", "schedulingGates")).length > 0 ? `pod ${name} has non-empty .spec.schedulingGates` : undefined
}

/** `call` is about pods. A binding posted to its own collection names the pod itself. */
export const bind =
  (call: ResourceCall): Write<KubeReply> =>
  (store, context) =>
    Result.gen(function* () {
      const { path, resource } = call
      const { object: binding, warnings } = yield* Decode.posted(call, "v1", "Binding")
      if (Store.get(store, "namespaces", "", path.namespace) === undefined) {
        return yield* Result.fail(Status.notFound({ group: "", plural: "namespaces", kind: "Namespace" }, path.namespace))
      }
      const { name } = binding.metadata
      if (path.name !== "" && name !== path.name) {
        return yield* Result.fail(Status.badRequest("name in URL does not match name in Binding object"))
      }
      const refused = refusal(binding)
      if (refused !== undefined) return yield* Result.fail(refused)
      const pod = yield* find({ ...call, path: { ...path, name } }, store)
      const why = unbindable(pod)
      if (why !== undefined) return yield* Result.fail(Status.conflict({ ...resource, plural: "pods/binding" }, name, why))
      yield* Connected.bind(call)(store, context)
      const annotations = stringRecord(binding.metadata.annotations)
      const bound: KubeObject = {
        ...pod,
        metadata:
          Object.keys(annotations).length === 0
            ? pod.metadata
            : { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } },
        spec: { ...record(pod["spec"]), nodeName: at(binding, "target", "name") }
      }
      const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null }
      const next = Store.put(store, resource.id, withCondition(bound, scheduled, context.now))
      return [Present.reply(201, success, warnings), next] as const
    })
