/** What the rules of a part of a pod must know of the rest of it. */
import type { JsonRecord } from "../../Json.ts"

export interface PodContext {
  /** A pod, or the template of one. */
  readonly kind: "pod" | "template"
  /** Of the pod; templates have none. */
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: JsonRecord
  /** The volumes without faults. */
  readonly volumes: ReadonlyMap<string, JsonRecord>
  /** In order of their names. */
  readonly claims: ReadonlyArray<string>
  readonly grace: number | undefined
  readonly restartPolicy: string
  readonly os: string | undefined
  /** Whose users its containers have. */
  readonly users: "host" | "own"
}
