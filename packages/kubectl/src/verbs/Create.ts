/** `kubectl create -f`, `kubectl replace -f`, and `kubectl create KIND NAME` for the kinds people make by hand. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, int, short, text, texts } from "../CommandLine.ts"
import { ofKind } from "../Discovery.ts"
import { Failure, failure } from "../Failure.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { manifests } from "../Manifests.ts"
import { dryRun, dryRunQuery, replied, report, reportFlags } from "../Report.ts"
import { selectionFlags } from "../Selection.ts"
import { doing } from "./Doing.ts"
import { generatorOf } from "./Generators.ts"

const fromFiles = Effect.fnUntraced(function* (inv: Invocation, how: "POST" | "PUT"): Effect.fn.Return<number, Problem> {
  const mode = yield* dryRun(inv)
  const all = yield* manifests(inv)
  const [verb, done] = how === "POST" ? ["creating", "created"] : ["replacing", "replaced"]
  if (all.length === 0) return yield* failure(`no objects passed to ${how === "POST" ? "create" : "replace"}`)
  const problems: Array<Problem> = []
  for (const { namespace, object, resource, source } of all) {
    const path = how === "POST" ? pathOf(resource, namespace) : pathOf(resource, namespace, object.metadata.name)
    const force = how === "PUT" && inv.line.isSet("force")
    if (force) {
      yield* Effect.ignore(
        inv.api.request({ method: "DELETE", path, body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 } })
      )
      inv.out(
        `${resource.singular}${resource.group === "" ? "" : `.${resource.group}`} ${JSON.stringify(object.metadata.name)} deleted${resource.namespaced ? ` from ${namespace} namespace` : ""}\n`
      )
    }
    const request = {
      method: force ? ("POST" as const) : how,
      path: force ? pathOf(resource, namespace) : path,
      body: object,
      query: dryRunQuery(mode)
    }
    const reply = yield* Effect.result<{ readonly body: unknown }, KubeStatus, never>(
      mode === "client" ? Effect.succeed({ body: object }) : inv.api.request(request)
    )
    if (Result.isFailure(reply)) problems.push(doing(`error when ${verb} ${JSON.stringify(source)}`, reply.failure))
    else yield* report(inv, { resource, object: replied(reply.success.body, object) }, done, mode)
  }
  return reportAll(inv, problems)
})

/** Makes one object and tells of it as `create KIND` does. */
export const createOne = Effect.fnUntraced(function* (inv: Invocation, object: KubeObject): Effect.fn.Return<number, Problem> {
  const mode = yield* dryRun(inv)
  const resource = ofKind(yield* inv.directory.all, object.apiVersion, object.kind)
  if (resource === undefined)
    return yield* failure(`no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`)
  const placed: KubeObject = resource.namespaced ? { ...object, metadata: { ...object.metadata, namespace: inv.namespace } } : object
  const reply =
    mode === "client"
      ? { body: placed }
      : yield* inv.api
          .request({ method: "POST", path: pathOf(resource, inv.namespace), body: placed, query: dryRunQuery(mode) })
          .pipe(
            Effect.mapError((status) =>
              status.reason === "AlreadyExists" || status.reason === "Forbidden"
                ? failure(`failed to create ${resource.singular}: ${status.message}`)
                : status
            )
          )
  yield* report(inv, { resource, object: replied(reply.body, placed) }, "created", mode)
  return 0
})

export const create: Verb = {
  flags: {
    ...selectionFlags,
    ...reportFlags,
    edit: bool,
    "save-config": bool,
    "from-literal": texts,
    "from-file": texts,
    "from-env-file": texts,
    image: text,
    replicas: short("r", int),
    port: int,
    schedule: text,
    from: text,
    type: text,
    tcp: texts,
    verb: texts,
    resource: texts,
    "resource-name": texts,
    role: text,
    clusterrole: text,
    user: texts,
    group: texts,
    serviceaccount: texts
  },
  run: Effect.fnUntraced(function* (inv) {
    if (inv.line.isSet("edit")) return yield* failure("there is no editor here")
    if (inv.line.has("filename")) return yield* fromFiles(inv, "POST")
    const [kind, ...names] = inv.line.positional
    if (kind === undefined) return yield* failure("must specify one of -f and -k")
    const generator = generatorOf(kind)
    if (generator === undefined)
      return yield* new Failure({
        text: `error: Unexpected args: [${inv.line.positional.join(" ")}]\nSee 'kubectl create -h' for help and examples`,
        exitCode: 1
      })
    return yield* createOne(inv, yield* generator(inv, names))
  })
}

export const replace: Verb = {
  flags: {
    ...selectionFlags,
    ...reportFlags,
    force: bool,
    cascade: { type: "text", bare: "background" },
    "grace-period": int,
    "save-config": bool,
    wait: bool,
    timeout: text
  },
  run: (inv) => (inv.line.has("filename") ? fromFiles(inv, "PUT") : Effect.fail(failure("must specify --filename to replace")))
}
