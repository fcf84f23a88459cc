/** The service that dies, as the application's topology names it. */
import { InstalledApp } from "@aiopslab/core/App"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Pods from "@aiopslab/core/Pods"
import type { Service } from "@aiopslab/core/Topology"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export interface Selected {
  readonly namespace: string
  readonly pods: Pods.Labels
}

export const service = Schema.String.annotate({ description: "A service of the app's topology" })

export const find = (fault: string, name: string): Effect.Effect<Selected & { readonly of: Service }, LabError, InstalledApp> =>
  Effect.flatMap(InstalledApp, ({ namespace, serviceLabel, topology }) => {
    const of = topology.services[name]
    return of === undefined
      ? Effect.fail(labError("FAULT_PLAN_FAILED", { fault, why: `the application has no service "${name}"` }))
      : Effect.succeed({ namespace, pods: { [serviceLabel]: of.workload }, of })
  })

/** Why its pods don't serve, or undefined. */
export const missing = (pods: ReadonlyArray<KubeObject>): string | undefined =>
  pods.length === 0 ? "there are no pods" : Pods.waiting(pods)
