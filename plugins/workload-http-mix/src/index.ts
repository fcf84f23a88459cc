import { definePlugin } from "@aiopslab/core/Plugin"
import { httpMix } from "./HttpMix.ts"

export const plugin = definePlugin({ name: "@aiopslab/workload-http-mix", components: [httpMix] })
