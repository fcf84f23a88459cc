/** How often the containers of pods were started again. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Status = Schema.Struct({
  containerStatuses: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String, restartCount: Schema.Int })))
})
const decode = Schema.decodeUnknownOption(Status)

/** Undefined when nothing is known of such a container. */
export const of = ({ status }: KubeObject, container: string): number | undefined =>
  Option.getOrUndefined(decode(status))?.containerStatuses?.find(({ name }) => name === container)?.restartCount
