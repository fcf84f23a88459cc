/** What happens by itself, and when. Timers of one moment fire in the order in which they were set; one whose reason is gone does nothing. */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { PendingCall } from "./Container.ts"
import type { ProbeKind } from "./kubelet/ProbeState.ts"

export type Timer =
  /** The kubelet looks at a pod again. */
  | { readonly _tag: "Pod"; readonly uid: string }
  /** A probe's turn, or its answer; `at` tells it from an earlier one that is off. */
  | { readonly _tag: "Probe"; readonly uid: string; readonly container: string; readonly kind: ProbeKind; readonly at: number }
  /** A timer of a program; `sequence` is the one it was set under, later ones move it. */
  | { readonly _tag: "Program"; readonly container: string; readonly instance: number; readonly name: string; readonly sequence: number }
  /** A program's call reaches its destination. */
  | { readonly _tag: "Call"; readonly container: string; readonly instance: number; readonly call: PendingCall }
  | { readonly _tag: "Reply"; readonly container: string; readonly instance: number; readonly id: string; readonly reply: NetworkReply }
  /** A controller looks at an object again. */
  | { readonly _tag: "Requeue"; readonly controller: string; readonly key: string }

/** Sorts as (time, sequence): the time has 13 digits until the year 2286. */
export const timerKey = (at: number, sequence: number): string => `${at}/${String(sequence).padStart(12, "0")}`

/** The time of a key, milliseconds since the epoch. */
export const timeOf = (key: string): number => Number(key.slice(0, 13))
