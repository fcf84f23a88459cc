/** The columns of flowcontrol.apiserver.k8s.io, and of aggregated API services. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, number, print, record } from "../Json.ts"
import type { Cell, Column } from "./Column.ts"
import { age, condition, count, name, path, text } from "./Column.ts"

export const flowSchemas: ReadonlyArray<Column> = [
  name,
  text("PriorityLevel", path("", "spec", "priorityLevelConfiguration", "name")),
  text("MatchingPrecedence", count("spec", "matchingPrecedence")),
  text("DistinguisherMethod", path("<none>", "spec", "distinguisherMethod", "type")),
  age,
  text("MissingPL", (object) => print(condition(object, "Dangling")["status"] ?? "?"))
]

/** The first that matches a request counts. */
export const byPrecedence = (a: KubeObject, b: KubeObject): number => {
  const precedence = (object: KubeObject): number => number(at(object, "spec", "matchingPrecedence")) ?? 0
  return precedence(a) - precedence(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
}

const limited =
  (...keys: ReadonlyArray<string>) =>
  (object: KubeObject): Cell => {
    const value = at(object, "spec", "limited", ...keys)
    return typeof value === "number" ? value : "<none>"
  }

const queuing = ["limitResponse", "queuing"]

export const priorityLevels: ReadonlyArray<Column> = [
  name,
  text("Type", path("", "spec", "type")),
  text("NominalConcurrencyShares", limited("nominalConcurrencyShares")),
  text("Queues", limited(...queuing, "queues")),
  text("HandSize", limited(...queuing, "handSize")),
  text("QueueLengthLimit", limited(...queuing, "queueLengthLimit")),
  age
]

const available = (object: KubeObject): string => {
  const { reason, status } = condition(object, "Available")
  return status === undefined
    ? "Unknown"
    : status === "True" || print(reason) === ""
      ? print(status)
      : `${print(status)} (${print(reason)})`
}

export const apiServices: ReadonlyArray<Column> = [
  name,
  text("Service", (object) => {
    const service = at(object, "spec", "service")
    return service === undefined ? "Local" : `${print(record(service)["namespace"])}/${print(record(service)["name"])}`
  }),
  text("Available", available),
  age
]
