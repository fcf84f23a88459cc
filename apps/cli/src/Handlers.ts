/** The handlers, loaded when their command is given. Each starts its program and returns; the process ends with the program's exit code. */
import type { Command, Inputs } from "./Inputs.ts"

export const handlers: { readonly [C in Command]: () => Promise<{ readonly start: (input: Inputs[C]) => void }> } = {
  run: () => import("./handlers/Run.ts"),
  matrix: () => import("./handlers/Matrix.ts"),
  audit: () => import("./handlers/Audit.ts"),
  demo: () => import("./handlers/Demo.ts"),
  problemsList: () => import("./handlers/ProblemsList.ts"),
  problemsShow: () => import("./handlers/ProblemsShow.ts"),
  problemsValidate: () => import("./handlers/ProblemsValidate.ts"),
  pluginsList: () => import("./handlers/PluginsList.ts"),
  agentsList: () => import("./handlers/AgentsList.ts"),
  schema: () => import("./handlers/Schema.ts"),
  clusterUp: () => import("./handlers/ClusterUp.ts"),
  clusterList: () => import("./handlers/ClusterList.ts"),
  clusterDelete: () => import("./handlers/ClusterDelete.ts"),
  clusterGc: () => import("./handlers/ClusterGc.ts"),
  doctor: () => import("./handlers/Doctor.ts"),
  recover: () => import("./handlers/Recover.ts"),
  show: () => import("./handlers/Show.ts")
}
