/** Webhooks and policies about one write of the registry, which they see in the version of the request. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { WriteContext } from "../Host.ts"
import type { Scheme } from "../Scheme.ts"
import type { Store } from "../Store.ts"
import * as Dynamic from "./Dynamic.ts"

export interface Asked {
  readonly mutated: (
    object: KubeObject,
    previous: KubeObject | undefined,
    store: Store,
    context: WriteContext,
    again: (object: KubeObject) => Result.Result<KubeObject, KubeStatus>
  ) => Result.Result<KubeObject, KubeStatus>
  readonly refusal: (object: KubeObject, previous: KubeObject | undefined, store: Store, context: WriteContext) => KubeStatus | undefined
}

export const of = (subject: Pick<Dynamic.Subject, "operation" | "resource" | "subresource" | "naming">, scheme: Scheme): Asked => {
  const { stored } = subject.resource
  const shown = (object: KubeObject): KubeObject => stored?.fromStorage(object) ?? object
  const kept = (object: KubeObject): KubeObject => stored?.toStorage(object) ?? object
  const about = (object: KubeObject, previous: KubeObject | undefined): Dynamic.Subject => ({
    ...subject,
    object: shown(object),
    previous: previous === undefined ? undefined : shown(previous)
  })
  return {
    mutated: (object, previous, store, context, again) => {
      const asked = about(object, previous)
      const next = Dynamic.mutate(asked, scheme, store, context, (changed) => Result.map(again(kept(changed)), shown))
      return Result.map(next, (changed) => (changed === undefined || changed === asked.object ? object : kept(changed)))
    },
    refusal: (object, previous, store, context) => Dynamic.refusal({ ...about(object, previous), naming: "given" }, scheme, store, context)
  }
}
