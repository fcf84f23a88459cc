/** The status of kinds that count pods: no count below zero, no part above the whole. */
import { number, record } from "../../Json.ts"
import { notNegative } from "../Check.ts"
import type { Rule } from "../Rule.ts"
import { changed } from "../Rule.ts"

interface Counts {
  readonly counts: ReadonlyArray<string>
  /** Those that `replicas` bounds. */
  readonly parts: ReadonlyArray<string>
  /** How the number of ready pods is called, which bounds the available ones. */
  readonly ready?: string
}

const counted =
  ({ counts, parts, ready }: Counts): Rule =>
  (object, _, report) => {
    const status = record(object["status"])
    const count = (key: string) => number(status[key]) ?? 0
    notNegative(...counts)(status, "status", report)
    for (const key of parts) {
      if (count(key) > count("replicas")) report.invalid(`status.${key}`, count(key), "cannot be greater than status.replicas")
    }
    if (ready !== undefined && count("availableReplicas") > count("readyReplicas")) {
      report.invalid("status.availableReplicas", count("availableReplicas"), `cannot be greater than ${ready}`)
    }
  }

/** Hash collisions are counted for ever. */
const collisions: Rule = (object, previous, report) => {
  const now = number(record(object["status"])["collisionCount"])
  const before = number(record(previous?.["status"])["collisionCount"])
  if (before !== undefined && (now === undefined || now < before)) {
    report.invalid("status.collisionCount", now ?? 0, "cannot be decremented")
  }
}

const sets = ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"]
const setCounts = counted({ counts: ["replicas", ...sets, "observedGeneration"], parts: sets, ready: "readyReplicas" })

export const replicaSetStatus: ReadonlyArray<Rule> = [changed, setCounts]

export const deploymentStatus: ReadonlyArray<Rule> = [
  changed,
  counted({
    counts: [
      "observedGeneration",
      "replicas",
      "updatedReplicas",
      "readyReplicas",
      "availableReplicas",
      "unavailableReplicas",
      "terminatingReplicas",
      "collisionCount"
    ],
    parts: ["updatedReplicas", "readyReplicas", "availableReplicas"],
    ready: "readyReplicas"
  }),
  collisions
]

const ofSets = ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"]

export const statefulSetStatus: ReadonlyArray<Rule> = [
  counted({ counts: ["replicas", ...ofSets, "observedGeneration", "collisionCount"], parts: ofSets, ready: "status.readyReplicas" }),
  changed,
  collisions
]

export const daemonSetStatus: ReadonlyArray<Rule> = [
  changed,
  counted({
    counts: [
      "currentNumberScheduled",
      "numberMisscheduled",
      "desiredNumberScheduled",
      "numberReady",
      "observedGeneration",
      "updatedNumberScheduled",
      "numberAvailable",
      "numberUnavailable",
      "collisionCount"
    ],
    parts: []
  }),
  collisions
]
