/** Pods from a template. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { equal } from "@aiopslab/kubernetes/Equal"
import { records } from "@aiopslab/kubernetes/Json"
import * as Result from "effect/Result"
import * as Events from "../Events.ts"
import type { PodTemplate } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Owned from "./Owned.ts"

/** The label of a replica set's pods. */
export const hashLabel = "pod-template-hash"

const without = (labels: Readonly<Record<string, string>> | undefined, key: string): Readonly<Record<string, string>> | undefined => {
  if (labels === undefined || !(key in labels)) return labels
  const { [key]: _, ...rest } = labels
  return rest
}

/** Equality but for the hash label. */
export const sameTemplate = (a: PodTemplate, b: PodTemplate): boolean =>
  a === b ||
  (equal(a.spec, b.spec) &&
    equal(without(a.metadata?.labels, hashLabel) ?? {}, without(b.metadata?.labels, hashLabel) ?? {}) &&
    equal(a.metadata?.annotations ?? {}, b.metadata?.annotations ?? {}))

const alphabet = "bcdfghjklmnpqrstvwxz2456789"

/** A name for a template, from its content. `collisions` gives another one when that is taken. */
export const hash = (template: PodTemplate, collisions: number): string => {
  const text = `${JSON.stringify(template)}${collisions === 0 ? "" : String(collisions)}`
  let value = 0x811c_9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16_777_619)
  return Array.from(String(value >>> 0), (digit) => alphabet.charAt(digit.charCodeAt(0) % alphabet.length)).join("")
}

/** Creates a pod and says so, or why not. `names` is its name, or the beginning of it. */
export const createPod = (
  turn: Turn,
  owner: KubeObject,
  component: string,
  template: PodTemplate,
  names: { readonly name: string } | { readonly generateName: string },
  more: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: ReadonlyArray<string>
    readonly spec?: Readonly<Record<string, unknown>>
    readonly quiet?: true
  } = {}
): Result.Result<KubeObject, KubeStatus> => {
  const { labels } = template.metadata ?? {}
  const annotations =
    more.annotations === undefined ? template.metadata?.annotations : { ...template.metadata?.annotations, ...more.annotations }
  const finalizers =
    more.finalizers === undefined ? template.metadata?.finalizers : [...(template.metadata?.finalizers ?? []), ...more.finalizers]
  const result = turn.create("pods", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "",
      ...names,
      namespace: owner.metadata.namespace ?? "",
      ...(labels === undefined && more.labels === undefined ? {} : { labels: { ...labels, ...more.labels } }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [Owned.reference(owner)]
    },
    spec: more.spec === undefined ? template.spec : { ...template.spec, ...more.spec }
  })
  if (more.quiet === true) return result
  if (Result.isFailure(result)) {
    if (!isTerminating(result.failure))
      Events.record(turn, owner, { component }, "Warning", "FailedCreate", `Error creating: ${result.failure.message}`)
  } else Events.record(turn, owner, { component }, "Normal", "SuccessfulCreate", `Created pod: ${result.success.metadata.name}`)
  return result
}

/** Whether something can't be created because its namespace goes: nobody tries again. */
export const isTerminating = (failure: KubeStatus): boolean =>
  records(failure.details?.["causes"]).some(({ reason }) => reason === "NamespaceTerminating")

export const deletePod = (turn: Turn, owner: KubeObject, component: string, pod: KubeObject): void => {
  turn.remove("pods", pod.metadata.namespace ?? "", pod.metadata.name)
  Events.record(turn, owner, { component }, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`)
}
