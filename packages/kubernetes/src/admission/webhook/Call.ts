/** One webhook about one request: whether it is to be called, what it says, and what becomes of a call that fails. */
import { type KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import { array, number, record, records, string } from "../../Json.ts"
import type { JsonRecord } from "../../Json.ts"
import type { Resource, Scheme } from "../../Scheme.ts"
import * as Status from "../../Status.ts"
import * as Store from "../../Store.ts"
import type { WebTarget } from "../../web/Web.ts"
import type { Attributes } from "../Attributes.ts"
import { nameForText } from "../Attributes.ts"
import * as Conditions from "../Conditions.ts"
import * as Match from "../Match.ts"
import * as Review from "./Review.ts"

export type Kind = "mutating" | "validating"

export interface Hook {
  /** Tells it from all others. */
  readonly key: string
  readonly webhook: JsonRecord
}

const configurations: Readonly<Record<Kind, string>> = {
  mutating: "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  validating: "validatingwebhookconfigurations.admissionregistration.k8s.io"
}

const none: ReadonlyArray<Hook> = []

/** In the order in which they are called: by the name of their configuration. */
export const hooks = (store: Store.Store, kind: Kind): ReadonlyArray<Hook> => {
  const found = Store.list(store, configurations[kind])
  return found.length === 0
    ? none
    : found.flatMap(({ metadata, webhooks }) =>
        records(webhooks).map((webhook, i) => ({ key: `${metadata.name}/${i}/${string(webhook["name"])}`, webhook }))
      )
}

/** The answer has to be fetched from outside the cluster: the write fails with this, and is made again. */
export const pending = new KubeStatus({ code: 503, reason: "ServiceUnavailable", message: "the answer of a webhook is not there yet" })

const nameOf = ({ webhook }: Hook): string => string(webhook["name"]) ?? ""

/** The resource as which the webhook wants to see the request, if it does. */
export const matching = (hook: Hook, of: Attributes, scheme: Scheme): Result.Result<Resource | undefined, KubeStatus> => {
  const { webhook } = hook
  if (!Match.bySelectors(webhook, of)) return Result.succeed(undefined)
  const as = Match.byRules(records(webhook["rules"]), webhook["matchPolicy"], of, scheme.resources)
  const conditions = records(webhook["matchConditions"])
  if (as === undefined || conditions.length === 0) return Result.succeed(as)
  const held = Conditions.hold(conditions, Conditions.variables(of, as))
  if (Result.isSuccess(held)) return Result.succeed(held.success === "all" ? as : undefined)
  return webhook["failurePolicy"] === "Ignore"
    ? Result.succeed(undefined)
    : Result.fail(Status.forbidden(of.resource, nameForText(of), held.failure))
}

const targetOf = ({ webhook }: Hook): { readonly target: WebTarget; readonly url: string } => {
  const { caBundle, service, url } = record(webhook["clientConfig"])
  if (typeof url === "string") {
    const authority = Buffer.from(string(caBundle) ?? "", "base64").toString()
    return { target: { _tag: "Url", url, authority: authority === "" ? undefined : authority }, url }
  }
  const of = record(service)
  const [name, namespace, port] = [string(of["name"]) ?? "", string(of["namespace"]) ?? "", number(of["port"]) ?? 443]
  const given = string(of["path"]) ?? ""
  const path = given === "" ? "/" : given.startsWith("/") ? given : `/${given}`
  return {
    target: { _tag: "Service", namespace, name, port, path },
    url: `https://${name}.${namespace}.svc:${port}${path === "/" && given === "" ? "" : path}`
  }
}

const called = (
  hook: Hook,
  of: Attributes,
  as: Resource,
  kind: Kind,
  shown: (object: KubeObject) => JsonRecord
): Result.Result<Review.Verdict, string> | "unknown" => {
  const { context } = of
  const { target, url } = targetOf(hook)
  const seconds = number(hook.webhook["timeoutSeconds"]) ?? 10
  const asked = Review.question(of, as, hook.webhook, context.uid(), shown)
  const query = `?timeout=${seconds}s`
  const { pathname } = target._tag === "Url" ? new URL(target.url) : { pathname: target.path }
  const headers = { "content-type": "application/json", accept: "application/json" }
  const posted = context.post?.(target, { method: "POST", target: `${pathname}${query}`, headers, body: JSON.stringify(asked) }, seconds)
  switch (posted?._tag) {
    case "Unknown":
      return "unknown"
    case "Replied":
      return Review.verdict(posted.reply, asked, kind)
    default:
      return Result.fail(`failed to call webhook: Post ${JSON.stringify(`${url}${query}`)}: ${posted?.why ?? "no network"}`)
  }
}

const supportsDryRun = ({ webhook }: Hook): boolean => webhook["sideEffects"] === "None" || webhook["sideEffects"] === "NoneOnDryRun"

/** The webhook's refusal as the server passes it on. */
const denied = (name: string, { code, details, message, reason }: JsonRecord): KubeStatus => {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`
  const why = string(message) ?? ""
  const short = string(reason) ?? ""
  return new KubeStatus({
    code: Math.max(400, number(code) ?? 0),
    reason: short,
    message: why !== "" ? `${by}: ${why}` : short !== "" ? `${by}: ${short}` : `${by} without explanation`,
    ...(details === undefined ? {} : { details: record(details) })
  })
}

/** What it allows, the operations of its patch; an empty list too when its failure is to be ignored. */
export const ask = (
  hook: Hook,
  of: Attributes,
  as: Resource,
  kind: Kind,
  shown: (object: KubeObject) => JsonRecord
): Result.Result<ReadonlyArray<unknown>, KubeStatus> => {
  const name = nameOf(hook)
  if (of.context.isDry === true && !supportsDryRun(hook)) {
    return Result.fail(Status.badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`))
  }
  const answer = called(hook, of, as, kind, shown)
  if (answer === "unknown") return Result.fail(pending)
  if (Result.isFailure(answer)) {
    return hook.webhook["failurePolicy"] === "Ignore"
      ? Result.succeed([])
      : Result.fail(Status.internalError(`failed calling webhook ${JSON.stringify(name)}: ${answer.failure}`))
  }
  const { allowed, patch, result, warnings } = answer.success
  for (const warning of warnings) of.context.warn?.(warning)
  return allowed ? Result.succeed(array(patch)) : Result.fail(denied(name, result))
}
