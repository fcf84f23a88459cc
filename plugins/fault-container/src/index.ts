/** Faults of pods and containers that die. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { containerKill } from "./ContainerKill.ts"
import { podKill } from "./PodKill.ts"

export const plugin = definePlugin({ name: "@aiopslab/fault-container", components: [podKill, containerKill] })
