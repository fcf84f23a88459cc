/** A fault that marks the pods of a service, as it should be or with one thing wrong. */
import { InstalledApp } from "@aiopslab/core/App"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import { labError } from "@aiopslab/core/LabError"
import { until, withApi } from "@aiopslab/core/Looking"
import { definePlugin, type Plugin } from "@aiopslab/core/Plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export type FaultFlaw =
  | "none"
  | "a plan that can't be written"
  | "a plan that writes"
  | "a symptom seen everywhere"
  | "something left behind"
  | "a recovery that undoes itself"
  | "a recovery that needs an injection"
  | "nothing kept"
  | "no respect for repairs"

const fault = "mark"
const { configMaps, pods } = KubeClient.resources

const Plan = Schema.Struct({ namespace: Schema.String, count: Schema.Int })

const podsOf = (api: KubeApi, namespace: string) => KubeClient.list(api, pods, namespace)

const mark = (api: KubeApi, namespace: string, value: string | null) =>
  Effect.flatMap(podsOf(api, namespace), (found) =>
    Effect.forEach(
      found,
      ({ metadata }) => KubeClient.patch(api, pods, namespace, metadata.name, "merge", { metadata: { annotations: { mark: value } } }),
      { discard: true }
    )
  )

const leave = (api: KubeApi, namespace: string, text: string) =>
  KubeClient.patch(api, configMaps, namespace, "stock", "merge", { metadata: { annotations: { left: text } } })

const marked = (namespace: string) =>
  withApi("looking at the marks", (api) =>
    Effect.map(podsOf(api, namespace), (found) => found.map(({ metadata }) => metadata.annotations?.["mark"] === "yes"))
  )

export const marking = (flaw: FaultFlaw = "none"): Plugin => {
  let injected = false
  return definePlugin({
    name: "@acme/faults",
    components: [
      Fault.make({
        name: fault,
        summary: "Marks pods",
        config: Schema.Struct({}),
        planSchema: Plan,
        agentRepair: "ends",
        plan: () =>
          Effect.gen(function* () {
            const { namespace } = yield* InstalledApp
            injected = false
            if (flaw === "a plan that writes") yield* withApi("planning", (api) => leave(api, namespace, "a plan"))
            return { namespace, count: flaw === "a plan that can't be written" ? 0.5 : 1 }
          }),
        inject: ({ namespace }) =>
          withApi("marking", (api) => {
            injected = true
            return mark(api, namespace, "yes")
          }),
        verify: ({ namespace }) =>
          flaw === "a symptom seen everywhere"
            ? Effect.void
            : until(
                Effect.map(marked(namespace), (found) => (found.every((is) => is) ? undefined : "not all are marked")),
                60_000,
                (why) => labError("FAULT_NOT_VERIFIED", { fault, why })
              ),
        keep: ({ namespace }, touched) =>
          Effect.gen(function* () {
            const all = (yield* marked(namespace)).every((is) => is)
            if (all || flaw === "nothing kept") return "kept" as const
            if (touched(`pods/${namespace}/any`) && flaw !== "no respect for repairs") return "kept" as const
            yield* withApi("marking again", (api) => mark(api, namespace, "yes"))
            return "re-applied" as const
          }),
        recover: ({ namespace }) =>
          withApi("unmarking", (api) =>
            Effect.gen(function* () {
              if (flaw === "a recovery that needs an injection" && !injected)
                return yield* labError("FAULT_NOT_RECOVERED", { fault, why: "never injected" })
              const clean = (yield* marked(namespace)).every((is) => !is)
              if (flaw === "something left behind") yield* leave(api, namespace, "a recovery")
              yield* mark(api, namespace, flaw === "a recovery that undoes itself" && clean ? "yes" : null)
            })
          ),
        verifyRecovered: ({ namespace }) =>
          until(
            Effect.map(marked(namespace), (found) => (found.some((is) => is) ? "some are marked" : undefined)),
            60_000,
            (why) => labError("FAULT_NOT_RECOVERED", { fault, why })
          )
      })
    ]
  })
}
