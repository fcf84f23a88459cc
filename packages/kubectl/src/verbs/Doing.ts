import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import { Failure, statusTextWhile } from "../Failure.ts"

/** A refusal with what was being done: `Error from server (AlreadyExists): error when creating "x.yaml": …`. */
export const doing = (what: string, status: KubeStatus): Failure => new Failure({ text: statusTextWhile(what, status), exitCode: 1 })
