/** Faults of the network between pods. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { networkDelay, networkLoss, networkPartition } from "./Faults.ts"

export const plugin = definePlugin({ name: "@aiopslab/fault-network", components: [networkDelay, networkLoss, networkPartition] })
