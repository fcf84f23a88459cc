/** The events about an object, as `describe` lists them. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Duration from "../Duration.ts"
import * as Fields from "../Fields.ts"
import type { Invocation } from "../Invocation.ts"
import type { Selected } from "../Selection.ts"
import type { Page } from "./Page.ts"

/** None where they may not be listed. */
export const eventsOf = (inv: Invocation, of: Selected): Effect.Effect<ReadonlyArray<unknown>, KubeStatus> => {
  const uid = of.resource.kind === "Node" ? undefined : of.object.metadata.uid
  const fieldSelector = [
    `involvedObject.name=${of.name}`,
    ...(of.namespace === "" ? [] : [`involvedObject.namespace=${of.namespace}`]),
    `involvedObject.kind=${of.resource.kind}`,
    ...(uid === undefined ? [] : [`involvedObject.uid=${uid}`])
  ].join(",")
  return inv.api
    .request({ method: "GET", path: pathOf(resources.events, of.namespace === "" ? undefined : of.namespace), query: { fieldSelector } })
    .pipe(
      Effect.map((reply) =>
        [...Fields.list(reply.body, "items")].sort(
          (a, b) => (Fields.time(a, "lastTimestamp") ?? 0) - (Fields.time(b, "lastTimestamp") ?? 0)
        )
      ),
      Effect.catchIf(
        (status) => status.code === 403 || status.code === 404,
        () => Effect.succeed([])
      )
    )
}

const since = (now: number, ...times: ReadonlyArray<number | undefined>): string => {
  const time = times.find((one) => one !== undefined)
  return time === undefined ? "<unknown>" : Duration.human(now - time)
}

/** `2m1s (x7 over 3m1s)` */
export const interval = (event: unknown, now: number): string => {
  const first = since(now, Fields.time(event, "eventTime"), Fields.time(event, "firstTimestamp"))
  const series = Fields.at(event, "series")
  if (series !== undefined)
    return `${since(now, Fields.time(series, "lastObservedTime"))} (x${Fields.number(series, "count")} over ${first})`
  const count = Fields.number(event, "count")
  return count > 1 ? `${since(now, Fields.time(event, "lastTimestamp"))} (x${count} over ${first})` : first
}

export const events = (page: Page, of: ReadonlyArray<unknown>, now: number): void => {
  if (of.length === 0) return page.field(0, "Events", "<none>")
  page.line(0, "Events:")
  page.line(1, "Type", "Reason", "Age", "From", "Message")
  page.line(1, "----", "------", "----", "----", "-------")
  for (const event of of) {
    const source = Fields.text(event, "source", "component") || Fields.text(event, "reportingComponent")
    page.line(
      1,
      Fields.text(event, "type"),
      Fields.text(event, "reason"),
      interval(event, now),
      source,
      Fields.text(event, "message").trim()
    )
  }
}
