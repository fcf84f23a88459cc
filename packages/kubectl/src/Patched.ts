/** Patches that kubectl makes itself, without asking the server. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as JsonPatch from "@aiopslab/kubernetes/patch/JsonPatch"
import * as MergePatch from "@aiopslab/kubernetes/patch/MergePatch"
import * as StrategicPatch from "@aiopslab/kubernetes/patch/StrategicPatch"
import { builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Result from "effect/Result"
import type { ApiResource } from "./Discovery.ts"
import { type Failure, failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import { replied } from "./Report.ts"

export type PatchType = "json" | "merge" | "strategic"

export const patched = ({ kind }: ApiResource, object: KubeObject, type: PatchType, body: unknown): Result.Result<KubeObject, Failure> => {
  const schema = builtInScheme.byKind.get(`${object.apiVersion}/${kind}`)?.type
  const after =
    type === "json"
      ? Result.mapError(JsonPatch.apply(object, Array.isArray(body) ? body : [body]), (problem) => failure(problem.message))
      : type === "merge"
        ? Result.succeed(MergePatch.apply(object, body))
        : Result.mapError(StrategicPatch.apply(object, Fields.record(body), schema), (problem) => failure(problem.message))
  return Result.map(after, (value) => replied(value, object))
}
