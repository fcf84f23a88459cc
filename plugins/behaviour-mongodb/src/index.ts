/** MongoDB 4.4 as a behaviour. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { mongodb } from "./Mongod.ts"

export const plugin = definePlugin({ name: "@aiopslab/behaviour-mongodb", components: [mongodb] })
