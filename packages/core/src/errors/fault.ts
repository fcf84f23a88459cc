import { entry } from "./entry.ts"

export const fault = {
  FAULT_PLAN_FAILED: entry<{ readonly fault: string; readonly why: string }>({
    title: "A fault found nothing to act on",
    blame: "environment",
    message: (d) => `Fault "${d.fault}" cannot be planned: ${d.why}.`,
    hint: () => "Check the fault's `with` against the application's services.",
    example: { fault: "mongodb-revoke-roles", why: "there is no deployment mongodb-geo" }
  }),
  FAULT_NOT_VERIFIED: entry<{ readonly fault: string; readonly why: string }>({
    title: "A fault was injected but its symptom did not appear",
    blame: "environment",
    message: (d) => `Fault "${d.fault}" was injected, but its symptom is not there: ${d.why}.`,
    hint: () => "The trial counts as an environment error; nothing is held against the agent.",
    example: { fault: "pod-failure", why: "all pods of user are ready" }
  }),
  FAULT_NOT_RECOVERED: entry<{ readonly fault: string; readonly why: string }>({
    title: "A fault could not be recovered",
    blame: "environment",
    message: (d) => `Fault "${d.fault}" is not recovered: ${d.why}.`,
    hint: () => "The journal entry stays open: `aiopslab recover` tries again.",
    example: { fault: "wrong-bin-usage", why: "deployment/profile still runs [geo]" }
  })
}
