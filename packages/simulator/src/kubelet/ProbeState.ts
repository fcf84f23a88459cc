/** What a kubelet remembers of one probe of one container (pkg/kubelet/prober/worker.go). Times are milliseconds since the epoch. */
import type { Container } from "../Container.ts"

export type ProbeKind = "startup" | "liveness" | "readiness"

export type ProbeResult = "success" | "failure" | "unknown"

/** What a probe found out. */
export interface Checked {
  /** `unknown`: it couldn't be carried out. */
  readonly result: ProbeResult
  readonly output: string
  readonly elapsedMillis: number
  /** Whether the same comes out again as long as the containers of the pod stay as they are. */
  readonly steady: "yes" | "no"
}

export type Stage =
  /** Waits for the probe's next turn. */
  | { readonly _tag: "Due"; readonly at: number }
  /** Has asked, and has the answer at `at`. */
  | { readonly _tag: "Asking"; readonly at: number; readonly checked: Checked }
  /** Succeeded, and would go on to: asked again when one of these has changed. */
  | { readonly _tag: "Steady"; readonly seen: ReadonlyArray<Container> }
  /** Nothing to ask before the container starts, or starts anew. */
  | { readonly _tag: "Idle" }

export interface ProbeState {
  /** `podUid/container/kind`. */
  readonly key: string
  readonly container: string
  readonly kind: ProbeKind
  /** Its turns come every period from here on. */
  readonly from: number
  /** The id of the container's run that `result` is about. */
  readonly instance: string | undefined
  readonly result: ProbeResult
  /** What came out last, and how often in a row. */
  readonly last: ProbeResult
  readonly run: number
  readonly stage: Stage
}
