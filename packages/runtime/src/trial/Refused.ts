import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"

/** A refusal of the API server as an error of the environment, saying what was asked. */
export const refused =
  (what: string) =>
  (status: KubeStatus): LabError =>
    labError("CLUSTER_REQUEST_FAILED", { what, why: status.message })
