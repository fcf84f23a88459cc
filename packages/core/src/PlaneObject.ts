/** A fault that is one object of the hidden group: it lasts for as long as the object is there, and no agent sees it. */
import * as Effect from "effect/Effect"
import * as KubeClient from "./KubeClient.ts"
import type { KubeApi, KubeObject, KubeStatus } from "./Kubernetes.ts"
import { planeNamespace, planeVersion } from "./Workload.ts"

export interface PlaneObject {
  readonly find: (api: KubeApi) => Effect.Effect<KubeObject | undefined, KubeStatus>
  /** One that is there already is fine. */
  readonly create: (api: KubeApi) => Effect.Effect<void, KubeStatus>
  /** Makes it again where it is gone. */
  readonly keep: (api: KubeApi) => Effect.Effect<"kept" | "re-applied", KubeStatus>
  /** One that is gone already is fine. */
  readonly remove: (api: KubeApi) => Effect.Effect<void, KubeStatus>
}

export const make = (resource: KubeClient.Resource, name: string, spec: unknown): PlaneObject => {
  const find = (api: KubeApi) => KubeClient.find(api, resource, planeNamespace, name)
  const create = (api: KubeApi) =>
    KubeClient.create(api, resource, {
      apiVersion: planeVersion,
      kind: resource.kind,
      metadata: { name, namespace: planeNamespace },
      spec
    }).pipe(
      Effect.asVoid,
      Effect.catchIf(
        ({ code }) => code === 409,
        () => Effect.void
      )
    )
  return {
    find,
    create,
    keep: (api) =>
      Effect.flatMap(find(api), (found) =>
        found === undefined ? Effect.as(create(api), "re-applied" as const) : Effect.succeed("kept" as const)
      ),
    remove: (api) => KubeClient.remove(api, resource, planeNamespace, name)
  }
}
