/** Whether a plane is whole: its own process, and an agent on every node. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"
import { number, record } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import { name } from "./Manifests.ts"
import * as NodeAgent from "./NodeAgent.ts"

const { daemonSets, deployments } = KubeClient.resources

/** What is missing, or undefined. */
export const missing = (api: KubeApi): Effect.Effect<string | undefined, KubeStatus> =>
  Effect.gen(function* () {
    const plane = record((yield* KubeClient.find(api, deployments, planeNamespace, name))?.status)
    if (plane["readyReplicas"] !== 1) return "the plane is not ready"
    const agents = record((yield* KubeClient.find(api, daemonSets, planeNamespace, NodeAgent.name))?.status)
    const nodes = number(agents["desiredNumberScheduled"]) ?? 0
    const ready = number(agents["numberReady"]) ?? 0
    return nodes === 0 || ready < nodes ? `of ${nodes} agents on nodes ${ready} are ready` : undefined
  })
