/** What both servers are asked: scenarios, which know nothing of each other, of steps. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import type { Path } from "./Tree.ts"

/** Without a value the field goes away. */
export interface Change {
  readonly path: Path
  readonly value?: unknown
}

/** In texts of path, query and body `${step:metadata.uid}` stands for what that server answered to the step of that name. */
export interface Request extends KubeRequest {
  /** The body is an earlier answer of the same server, changed. */
  readonly from?: { readonly step: string; readonly changes: ReadonlyArray<Change> }
  /** Opens a watch and waits for so many events. */
  readonly events?: number
}

export interface Step {
  /** Unique in the scenario. */
  readonly name: string
  /** With the kind: the cell of the table that the step counts in. */
  readonly verb: string
  /** What is odd about the request: the class within the cell. */
  readonly mutation: string
  readonly request: Request
}

export interface Scenario {
  readonly name: string
  readonly kind: string
  /** Must succeed on the real server; not counted. */
  readonly setup: ReadonlyArray<Step>
  readonly steps: ReadonlyArray<Step>
  /** `independent`: no step changes what another one finds. */
  readonly order: "sequence" | "independent"
  /** The real server itself writes to such objects a moment later: wait for it after every write. */
  readonly settles?: boolean
}

/** An answer as it came. A refusal's body holds reason, message and details of its Status; a watch's body is its events. */
export interface Answer {
  readonly code: number
  readonly body: unknown
  readonly warnings: ReadonlyArray<string>
}
