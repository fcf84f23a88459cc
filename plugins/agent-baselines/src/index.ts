/** Agents that measure the problems, not themselves. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { alwaysYes, deleteAll, nop, oracle, restartAll, scaleToZero } from "./baselines.ts"

export const plugin = definePlugin({
  name: "@aiopslab/agent-baselines",
  components: [oracle, nop, alwaysYes, restartAll, scaleToZero, deleteAll]
})
