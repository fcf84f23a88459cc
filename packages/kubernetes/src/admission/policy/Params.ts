/** The parameters of a policy's binding: objects of a kind that the policy names, by name or by labels. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { at, isRecord, record, string } from "../../Json.ts"
import type { Scheme } from "../../Scheme.ts"
import * as Selector from "../../Selector.ts"
import * as Store from "../../Store.ts"
import type { Attributes } from "../Attributes.ts"

const without: ReadonlyArray<undefined> = [undefined]

/** `undefined` stands for no parameter; an empty list, for a binding that has nothing to say. */
export const params = (
  policy: KubeObject,
  binding: KubeObject,
  of: Attributes,
  scheme: Scheme
): Result.Result<ReadonlyArray<KubeObject | undefined>, string> => {
  const kind = at(policy, "spec", "paramKind")
  const reference = at(binding, "spec", "paramRef")
  if (!isRecord(kind) || !isRecord(reference)) return Result.succeed(without)
  const [apiVersion, name] = [string(kind["apiVersion"]) ?? "", string(kind["kind"]) ?? ""]
  const resource = scheme.byKind.get(`${apiVersion}/${name}`)
  if (resource === undefined) return Result.fail(`failed to find resource referenced by paramKind: '${apiVersion}, Kind=${name}'`)
  const given = string(reference["namespace"]) ?? ""
  if (given !== "" && !resource.namespaced) {
    return Result.fail("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
  }
  const namespace = resource.namespaced ? (given === "" ? of.namespace : given) : ""
  if (resource.namespaced && namespace === "") {
    return Result.fail("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
  }
  const called = string(reference["name"]) ?? ""
  const single = called === "" ? undefined : Store.get(of.store, resource.id, namespace, called)
  const found =
    called === ""
      ? Store.list(of.store, resource.id, namespace === "" ? undefined : namespace).filter(({ metadata }) =>
          Selector.matches(Selector.fromLabelSelector(record(reference["selector"])), metadata.labels)
        )
      : single === undefined
        ? []
        : [single]
  return found.length === 0 && reference["parameterNotFoundAction"] === "Deny"
    ? Result.fail("no params found for policy binding with `Deny` parameterNotFoundAction")
    : Result.succeed(found)
}
