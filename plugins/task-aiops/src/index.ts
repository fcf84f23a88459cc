/** The four tasks of AIOpsLab. Results carry its keys (`Detection Accuracy`, `TTL`, …) beside ours. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { analysis } from "./Analysis.ts"
import { detection } from "./Detection.ts"
import { localization } from "./Localization.ts"
import { mitigation } from "./Mitigation.ts"

export const plugin = definePlugin({ name: "@aiopslab/task-aiops", components: [detection, localization, analysis, mitigation] })
