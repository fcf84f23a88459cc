/** ValidatingAdmissionPolicy: what the policies that are bound have against a request (apiserver/pkg/admission/plugin/policy/validating). */
import { type KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { native } from "../../cel/Language.ts"
import * as Limits from "../../cel/Limits.ts"
import * as Message from "../../cel/Message.ts"
import type { JsonRecord } from "../../Json.ts"
import { at, record, records, string, strings } from "../../Json.ts"
import type { Resource, Scheme } from "../../Scheme.ts"
import * as Status from "../../Status.ts"
import * as Store from "../../Store.ts"
import type { Attributes } from "../Attributes.ts"
import { nameForText } from "../Attributes.ts"
import * as Conditions from "../Conditions.ts"
import { ask } from "../Expressions.ts"
import * as Match from "../Match.ts"
import { params } from "./Params.ts"

const policies = "validatingadmissionpolicies.admissionregistration.k8s.io"
const bindings = "validatingadmissionpolicybindings.admissionregistration.k8s.io"

export const any = (store: Store.Store): boolean => Store.list(store, bindings).length > 0

interface Denial {
  readonly policy: KubeObject
  readonly binding: KubeObject | undefined
  readonly message: string
  readonly reason: string
}

const codes: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 }

const failsOpen = (policy: KubeObject): boolean => at(policy, "spec", "failurePolicy") === "Ignore"

const messageOf = (validation: JsonRecord, computed: unknown): string => {
  const text = Message.said(computed)
  if (text !== undefined) return text
  const given = (string(validation["message"]) ?? "").trim()
  return given === "" ? `failed expression: ${(string(validation["expression"]) ?? "").trim()}` : given
}

type Found = Pick<Denial, "message" | "reason">

/** An expression that can't be evaluated denies, unless the policy fails open. */
const broken = (policy: KubeObject, message: string): ReadonlyArray<Found> => (failsOpen(policy) ? [] : [{ message, reason: "" }])

/** What one policy has against the request, with one parameter. */
const evaluated = (policy: KubeObject, param: KubeObject | undefined, of: Attributes, as: Resource): ReadonlyArray<Found> => {
  const namespace = of.resource.id === "namespaces" ? undefined : Store.get(of.store, "namespaces", "", of.namespace)
  const known = {
    ...Conditions.variables(of, as),
    params: param === undefined ? null : native(param),
    namespaceObject: namespace === undefined ? null : native(namespace)
  }
  const conditions = records(at(policy, "spec", "matchConditions"))
  const held = conditions.length === 0 ? Result.succeed("all" as const) : Conditions.hold(conditions, known)
  if (Result.isFailure(held)) return broken(policy, held.failure)
  if (held.success === "not all") return []
  const variables = records(at(policy, "spec", "variables"))
  const validations = records(at(policy, "spec", "validations"))
  const annotations = records(at(policy, "spec", "auditAnnotations"))
  const asked = ask(
    validations.map(({ expression }) => string(expression) ?? ""),
    variables,
    known,
    Limits.perObject
  )
  if (Result.isFailure(asked)) return broken(policy, asked.failure)
  const messages = ask(
    validations.map(({ messageExpression }) => string(messageExpression) || undefined),
    variables,
    known,
    asked.success.left
  )
  const against = validations.flatMap((validation, i): ReadonlyArray<Found> => {
    const answered = asked.success.found[i]
    if (answered === undefined) return []
    if (Result.isFailure(answered)) return broken(policy, answered.failure)
    if (Result.isFailure(messages)) return broken(policy, `failed messageExpression: ${messages.failure}`)
    if (answered.success === true) return []
    const computed = messages.success.found[i]
    const said = computed !== undefined && Result.isSuccess(computed) ? computed.success : undefined
    return [{ message: messageOf(validation, said), reason: string(validation["reason"]) ?? "Invalid" }]
  })
  const noted = ask(
    annotations.map(({ valueExpression }) => string(valueExpression) ?? ""),
    variables,
    known,
    Limits.perObject
  )
  if (Result.isFailure(noted)) return broken(policy, noted.failure)
  const unsaid = noted.success.found.flatMap((answered) =>
    answered !== undefined && Result.isFailure(answered) ? broken(policy, answered.failure) : []
  )
  return [...against, ...unsaid]
}

const bound = (policy: KubeObject, binding: KubeObject, of: Attributes, as: Resource, scheme: Scheme): ReadonlyArray<Denial> => {
  const match = at(binding, "spec", "matchResources")
  if (match !== undefined && match !== null && Match.byResources(match, of, scheme.resources) === undefined) return []
  const found = params(policy, binding, of, scheme)
  if (Result.isFailure(found)) {
    return broken(policy, `failed to configure binding: ${found.failure}`).map((one) => ({ ...one, policy, binding }))
  }
  const against = found.success.flatMap((param) => evaluated(policy, param, of, as))
  const actions = strings(at(binding, "spec", "validationActions"))
  if (actions.includes("Warn")) {
    for (const { message } of against) {
      of.context.warn?.(
        `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${message}`
      )
    }
  }
  return actions.includes("Deny") ? against.map((one) => ({ ...one, policy, binding })) : []
}

const refusal = (of: Attributes, { binding, message, policy, reason }: Denial): KubeStatus => {
  const by = binding === undefined ? "" : ` with binding '${binding.metadata.name}'`
  const why = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${message}`
  const known = Status.forbidden(of.resource, nameForText(of), why)
  const short = reason === "" ? "Invalid" : reason
  return new KubeStatus({
    code: codes[short] ?? 422,
    reason: short,
    message: known.message,
    details: { ...known.details, causes: [{ message: why }] }
  })
}

/** The first denial, in the order of the policies' and bindings' names. */
export const validate = (of: Attributes, scheme: Scheme): KubeStatus | undefined => {
  let first: Denial | undefined
  const all = Store.list(of.store, bindings)
  for (const policy of Store.list(of.store, policies)) {
    const as = Match.byResources(record(at(policy, "spec", "matchConstraints")), of, scheme.resources)
    if (as === undefined) continue
    for (const binding of all) {
      if (at(binding, "spec", "policyName") !== policy.metadata.name) continue
      const [denial] = bound(policy, binding, of, as, scheme)
      first ??= denial
    }
  }
  return first === undefined ? undefined : refusal(of, first)
}
