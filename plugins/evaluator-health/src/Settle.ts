/**
 * Waits until nothing of the application moves any more: no rollout under way, none of its pods pending, terminating or crash-looping.
 * What an agent left behind beside the application (a debug pod) is not waited for.
 */
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import { DurationText } from "@aiopslab/core/DurationText"
import { Baseline } from "@aiopslab/core/Evaluator"
import { resources } from "@aiopslab/core/KubeClient"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { resourceOf } from "@aiopslab/core/Normalise"
import type * as Context from "effect/Context"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Objects, objectsOf } from "./Look.ts"
import { podsOf, sizeOf, workloadKinds } from "./Workloads.ts"

/** Fields for a config whose evaluator settles first. */
export const settleFields = {
  settle: DurationText.annotate({
    description: "How long to wait until no rollout is under way; a crash back-off alone reaches 5 minutes"
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed("6m")))
}

const Settling = Schema.Struct(settleFields)
export type Settling = typeof Settling.Type

/** Between two looks; grows, for what takes minutes needs no close look. */
const firstPause = 2_000
const longestPause = 5_000

const workloads = [resources.deployments, resources.statefulSets, resources.replicaSets, resources.pods] as const

const rolloutOf = (key: string, baseline: Objects, now: Objects): string | undefined => {
  const object = now.get(key)
  const size = object === undefined || !baseline.has(key) ? undefined : sizeOf(object)
  if (object === undefined || size === undefined) return undefined
  const name = `${workloadKinds[resourceOf(key)] ?? "Workload"} ${object.metadata.name}`
  if (!size.observed) return `${name} is not yet rolled out`
  if (size.updated < size.desired) return `${name} has ${size.updated} of ${size.desired} new pods`
  if (size.existing > size.desired) return `${name} still has ${size.existing - size.desired} old pods`
  return size.ready < size.desired ? `${name} has ${size.ready} of ${size.desired} pods ready` : undefined
}

/** What still moves, a phrase each: pods first, for they say why. */
export const moving = (baseline: Objects, now: Objects): ReadonlyArray<string> => {
  const ours = new Set<string>()
  for (const [key, object] of baseline) {
    const kind = workloadKinds[resourceOf(key)]
    if (kind !== undefined) ours.add(`${kind}/${object.metadata.name}`)
  }
  const pods = podsOf(now).flatMap(({ key, name, owner, unsettled }) =>
    unsettled !== undefined && (ours.has(owner) || (owner.startsWith("Pod/") && baseline.has(key)))
      ? [`pod ${name} is ${phrase(unsettled)}`]
      : []
  )
  const rollouts: Array<string> = []
  for (const key of baseline.keys()) {
    const rollout = workloadKinds[resourceOf(key)] === undefined ? undefined : rolloutOf(key, baseline, now)
    if (rollout !== undefined) rollouts.push(rollout)
  }
  return [...pods, ...rollouts]
}

const phrase = (unsettled: string): string => (/^[A-Z]/u.test(unsettled) ? `in ${unsettled}` : unsettled)

export interface Settled {
  /** What still moved when time was up; empty: all is at rest. */
  readonly moving: ReadonlyArray<string>
  readonly seconds: number
}

const look: Effect.Effect<ReadonlyArray<string>, LabError, Baseline | Cluster | InstalledApp> = Effect.gen(function* () {
  const { objects } = yield* Baseline
  const { namespace } = yield* InstalledApp
  const now = new Map<string, KubeObject>()
  for (const resource of workloads) for (const [key, object] of yield* objectsOf(resource, namespace)) now.set(key, object)
  return moving(objects, now)
})

/** When waiting was last given up, by the baseline of the trial. */
const gaveUp = new WeakMap<Context.Service.Shape<typeof Baseline>, number>()
/** An evaluator that begins this soon after another one gave up would only wait for the same again. */
const again = 2_000

/** Looks every few seconds of the trial's clock, at most as long as told; once only, right after another evaluator waited in vain. */
export const settle = ({ settle: limit }: Settling): Effect.Effect<Settled, LabError, Baseline | Cluster | InstalledApp> =>
  Effect.gen(function* () {
    const baseline = yield* Baseline
    const since = yield* Clock.currentTimeMillis
    const inVain = gaveUp.get(baseline)
    const until = inVain !== undefined && since >= inVain && since - inVain <= again ? since : since + Duration.toMillis(limit)
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause + 500)) {
      const still = yield* look
      const now = yield* Clock.currentTimeMillis
      if (still.length > 0 && now >= until) gaveUp.set(baseline, now)
      if (still.length === 0 || now >= until) return { moving: still, seconds: (now - since) / 1000 }
      yield* Effect.sleep(Math.min(pause, until - now))
    }
  })
