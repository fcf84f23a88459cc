/** What the annotations of a deployment's replica sets tell: its own, the revision, the size. pkg/controller/deployment/util. */
import type { Deployment, ReplicaSet } from "../Kinds.ts"
import * as DeploymentStatus from "./DeploymentStatus.ts"

export type Annotations = Readonly<Record<string, string>>

export const revisionKey = "deployment.kubernetes.io/revision"
/** Earlier revisions of a set that was rolled back to, the oldest first. */
const historyKey = "deployment.kubernetes.io/revision-history"
const desiredKey = "deployment.kubernetes.io/desired-replicas"
const mostKey = "deployment.kubernetes.io/max-replicas"

const notCopied: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionKey,
  historyKey,
  desiredKey,
  mostKey,
  "deprecated.deployment.rollback.to"
])

/** 0 for what is no number: annotations are anybody's. */
export const revisionOf = ({ metadata }: ReplicaSet): number => {
  const written = metadata.annotations?.[revisionKey] ?? ""
  return /^[+-]?\d{1,15}$/u.test(written) ? Number(written) : 0
}

/** Letters that a history takes at most; the oldest revisions make room (`maxRevHistoryLengthInChars`). */
const longestHistory = 2000

const historyOf = ({ [historyKey]: before = "" }: Annotations, revision: string): string => {
  const all = before === "" ? [revision] : [...before.split(","), revision]
  while (all.length > 1 && all.join(",").length > longestHistory) all.shift()
  return all.join(",")
}

const copied = ({ metadata }: Deployment): Annotations =>
  Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key)))

export const sizes = (deployment: Deployment): Annotations => {
  const replicas = deployment.spec.replicas ?? 1
  return { [desiredKey]: String(replicas), [mostKey]: String(replicas + DeploymentStatus.bounds(deployment).maxSurge) }
}

export const ofNew = (deployment: Deployment, revision: number): Annotations => ({
  ...copied(deployment),
  ...sizes(deployment),
  [revisionKey]: String(revision)
})

/** Of a set that is the newest again, or whose deployment was annotated; `undefined` where nothing changes. What was taken from the deployment stays. */
export const ofExisting = (deployment: Deployment, set: ReplicaSet, revision: number): Annotations | undefined => {
  const { annotations = {} } = set.metadata
  const old = annotations[revisionKey]
  const bumped: Annotations =
    revisionOf(set) >= revision
      ? {}
      : {
          [revisionKey]: String(revision),
          ...(old === undefined ? {} : { [historyKey]: historyOf(annotations, old) })
        }
  const wanted = Object.entries({ ...copied(deployment), ...bumped })
  return wanted.every(([key, value]) => annotations[key] === value) ? undefined : { ...annotations, ...Object.fromEntries(wanted) }
}
