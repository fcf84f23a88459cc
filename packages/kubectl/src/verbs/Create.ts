/** `kubectl create -f`, `kubectl replace -f`, and `kubectl create KIND NAME` for the kinds people make by hand. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, duration, int, text } from "../CommandLine.ts"
import { singularName } from "../Discovery.ts"
import { Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { withLastApplied } from "../LastApplied.ts"
import { type Manifest, manifests } from "../Manifests.ts"
import { dryRun, replied, report, reportFlags, validationQuery, writeQuery } from "../Report.ts"
import { selectionFlags } from "../Selection.ts"
import { doing } from "./Doing.ts"
import { typed } from "./create/Generator.ts"
import { serviceRefused } from "./create/Network.ts"
import { divided, generatorFlags, generatorOf, kindNamed } from "./Generators.ts"
import { poll } from "./Poll.ts"
import { raw } from "./Raw.ts"

/** Deletes an object before it is made anew, and waits until it is gone. */
const removeFirst = Effect.fnUntraced(function* (
  inv: Invocation,
  { namespace, object, resource }: Manifest
): Effect.fn.Return<void, Problem> {
  const path = pathOf(resource, namespace, object.metadata.name)
  const grace = inv.line.int("grace-period")
  const reply = yield* Effect.result(
    inv.api.request({
      method: "DELETE",
      path,
      body: {
        kind: "DeleteOptions",
        apiVersion: "v1",
        propagationPolicy: "Background",
        ...(grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace })
      }
    })
  )
  if (Result.isFailure(reply)) {
    if (reply.failure.code === 404) return
    return yield* Effect.fail(reply.failure)
  }
  const where = resource.namespaced ? ` from ${namespace} namespace` : ""
  inv.out(`${singularName(resource)} ${JSON.stringify(object.metadata.name)} deleted${where}\n`)
  const gone = inv.api.request({ method: "GET", path }).pipe(
    Effect.as(false),
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.succeed(true)
    )
  )
  if (!(yield* poll(gone, inv.line.duration("timeout") ?? 300_000))) return yield* failure("timed out waiting for the condition")
})

const createFromFiles = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<number, Problem> {
  const mode = yield* dryRun(inv)
  const validation = yield* validationQuery(inv)
  const { found, problems } = yield* manifests(inv)
  const failures: Array<Problem> = [...problems]
  if (found.length === 0 && problems.length === 0) return yield* failure("no objects passed to create")
  for (const { namespace, object, resource, source } of found) {
    const saved = inv.line.isSet("save-config") ? withLastApplied(object) : object
    const reply = yield* Effect.result<{ readonly body: unknown }, KubeStatus, never>(
      mode === "client"
        ? Effect.succeed({ body: saved })
        : inv.api.request({
            method: "POST",
            path: pathOf(resource, namespace),
            body: saved,
            query: { ...writeQuery(inv, mode, "kubectl-create"), ...validation }
          })
    )
    if (Result.isFailure(reply)) failures.push(doing(`error when creating ${JSON.stringify(source)}`, reply.failure))
    else yield* report(inv, { resource, object: replied(reply.success.body, saved) }, "created", mode)
  }
  return reportAll(inv, failures)
})

const replaceFromFiles = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<number, Problem> {
  const mode = yield* dryRun(inv)
  const validation = yield* validationQuery(inv)
  const { found, problems } = yield* manifests(inv)
  const failures: Array<Problem> = [...problems]
  if (found.length === 0 && problems.length === 0) return yield* failure("no objects passed to replace")
  const force = inv.line.isSet("force")
  if (force && mode !== "none") return yield* failure("--dry-run can not be used when --force is set")
  if (!force && (inv.line.has("grace-period") || inv.line.has("timeout")))
    return yield* failure("--grace-period or --timeout must be specified with --force")
  if (force) for (const one of found) yield* removeFirst(inv, one)
  for (const { namespace, object, resource, source } of found) {
    if (object.metadata.name === undefined || object.metadata.name === "") {
      failures.push(failure(`error when replacing ${JSON.stringify(source)}: resource name may not be empty`))
      continue
    }
    const request = {
      method: force ? ("POST" as const) : ("PUT" as const),
      path: force ? pathOf(resource, namespace) : pathOf(resource, namespace, object.metadata.name, inv.line.text("subresource")),
      body: object,
      query: { ...writeQuery(inv, mode, "kubectl-replace"), ...validation }
    }
    const reply = yield* Effect.result<{ readonly body: unknown }, KubeStatus, never>(
      mode === "client" ? Effect.succeed({ body: object }) : inv.api.request(request)
    )
    if (Result.isFailure(reply))
      failures.push(force ? reply.failure : doing(`error when replacing ${JSON.stringify(source)}`, reply.failure))
    else yield* report(inv, { resource, object: replied(reply.success.body, object) }, "replaced", mode)
  }
  return reportAll(inv, failures)
})

/** Makes one object and tells of it as `create KIND` and `run` do; `refused` words the server's refusal. */
export const createOne = Effect.fnUntraced(function* (
  inv: Invocation,
  {
    manager,
    object,
    refused = (status) => status
  }: {
    readonly object: KubeObject
    readonly manager: string
    readonly refused?: (status: KubeStatus) => Problem
  }
): Effect.fn.Return<number, Problem> {
  const mode = yield* dryRun(inv)
  const validation = yield* validationQuery(inv)
  const resource = yield* inv.directory.ofKind(object.apiVersion, object.kind)
  if (resource === undefined)
    return yield* failure(`no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`)
  const placed = typed(
    resource.namespaced && inv.line.has("namespace") ? Fields.withMetadata(object, { namespace: inv.namespace }) : object
  )
  const saved = inv.line.isSet("save-config") ? withLastApplied(placed, "as struct") : placed
  const reply =
    mode === "client"
      ? { body: saved }
      : yield* inv.api
          .request({
            method: "POST",
            path: pathOf(resource, inv.namespace),
            body: saved,
            query: { ...writeQuery(inv, mode, manager), ...validation }
          })
          .pipe(Effect.mapError(refused))
  yield* report(inv, { resource, object: replied(reply.body, saved), held: "as struct" }, "created", mode)
  return 0
})

export const create: Verb = {
  flags: {
    ...selectionFlags,
    ...reportFlags,
    ...generatorFlags,
    edit: bool,
    raw: text,
    "save-config": bool
  },
  member: ([kind = "", member = ""]) => {
    const name = kindNamed(kind)
    return generatorOf(kind) === undefined ? undefined : divided.has(name) && member !== "" ? `${name} ${member}` : name
  },
  run: Effect.fnUntraced(function* (inv) {
    if (inv.line.isSet("edit")) return yield* failure("there is no editor here")
    const url = inv.line.text("raw")
    if (url !== undefined) return yield* raw(inv, "POST", url)
    if (inv.line.has("filename")) return yield* createFromFiles(inv)
    const [kind, ...names] = inv.line.positional
    if (kind === undefined) return yield* failure("must specify one of -f and -k")
    const generator = generatorOf(kind)
    if (generator === undefined)
      return yield* new Failure({
        text: `error: Unexpected args: [${inv.line.positional.join(" ")}]\nSee 'kubectl create -h' for help and examples`,
        exitCode: 1
      })
    const [member = ""] = names
    const refused = kindNamed(kind) === "service" ? serviceRefused(member) : generator.refused
    return yield* createOne(inv, {
      object: yield* generator.make(inv, names),
      manager: "kubectl-create",
      refused: (status) => (refused === undefined ? status : failure(`${refused} ${status.message}`))
    })
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
    timeout: duration,
    subresource: text,
    raw: text
  },
  run: (inv) => {
    const url = inv.line.text("raw")
    if (url !== undefined) return raw(inv, "PUT", url)
    return inv.line.has("filename") ? replaceFromFiles(inv) : Effect.fail(failure("must specify one of -f and -k"))
  }
}
