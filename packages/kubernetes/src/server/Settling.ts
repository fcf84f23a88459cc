/** What the real server itself does soon after a write to some resources, and ours at once. */
import * as Custom from "../custom/Settle.ts"
import type { WriteContext } from "../Host.ts"
import * as ApiServices from "../settle/ApiServices.ts"
import * as FlowSchemas from "../settle/FlowSchemas.ts"
import type { Store } from "../Store.ts"
import type { ResourceCall } from "./Call.ts"

type Settle = (store: Store, context: WriteContext) => Store

export const settling = ({ registry, resource }: ResourceCall): Settle | undefined => {
  if (Custom.concerns(resource)) return (store, context) => Custom.settle(store, registry, context)
  if (FlowSchemas.concerns(resource.id)) return FlowSchemas.settle
  return ApiServices.concerns(resource.id) ? ApiServices.settle : undefined
}
