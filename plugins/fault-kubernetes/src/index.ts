/** Faults made of plain Kubernetes writes. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { podFailure } from "./PodFailure.ts"
import { wrongBinUsage } from "./WrongBinUsage.ts"

export const plugin = definePlugin({ name: "@aiopslab/fault-kubernetes", components: [wrongBinUsage, podFailure] })
