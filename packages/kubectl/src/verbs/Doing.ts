import { KubeStatus } from "@aiopslab/core/Kubernetes"

/** A refusal that says what was being done: `Error from server (AlreadyExists): error when creating "x.yaml": …`. */
export const doing = (what: string, status: KubeStatus): KubeStatus =>
  new KubeStatus({
    code: status.code,
    reason: status.reason,
    message: `${what}: ${status.message}`,
    ...(status.details === undefined ? {} : { details: status.details })
  })
