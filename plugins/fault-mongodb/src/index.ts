/** Faults of MongoDB stores. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { revokeRoles } from "./RevokeRoles.ts"

export const plugin = definePlugin({ name: "@aiopslab/fault-mongodb", components: [revokeRoles] })
