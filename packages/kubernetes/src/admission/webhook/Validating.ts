/** Validating webhooks: all are asked about the object as it will be stored; the first refusal, in their order, is the answer. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import type { Scheme } from "../../Scheme.ts"
import type { Attributes } from "../Attributes.ts"
import * as Call from "./Call.ts"

export const validate = (of: Attributes, scheme: Scheme): KubeStatus | undefined => {
  let refused: KubeStatus | undefined
  for (const hook of Call.hooks(of.store, "validating")) {
    const as = Call.matching(hook, of, scheme)
    if (Result.isFailure(as)) return as.failure
    if (as.success === undefined) continue
    const asked = Call.ask(hook, of, as.success, "validating", (object) => object)
    if (Result.isFailure(asked)) refused ??= asked.failure
  }
  return refused
}
