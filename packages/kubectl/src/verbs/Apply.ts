/** `kubectl apply`, on the client's side as is the default: create, or patch by three ways and remember what was applied. */
import { type KubeObject, patchTypes } from "@aiopslab/core/Kubernetes"
import { groupResource, pathOf } from "@aiopslab/core/KubeClient"
import { apiVersionOf, builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, int, text, texts } from "../CommandLine.ts"
import type { ApiResource } from "../Discovery.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { lastApplied, withLastApplied } from "../LastApplied.ts"
import { type Manifest, manifests } from "../Manifests.ts"
import { type DryRun, dryRun, replied, report, reportFlags, validationQuery, writeQuery } from "../Report.ts"
import { printer } from "../output/Printer.ts"
import { selectionFlags } from "../Selection.ts"
import { threeWay } from "../ThreeWay.ts"
import { doing } from "./Doing.ts"
import { applyServerSide } from "./ServerSide.ts"

const parsed = (json: string): unknown =>
  Result.getOrElse(
    Result.try(() => JSON.parse(json) as unknown),
    () => ({})
  )

const missing = (of: Manifest): string =>
  `Warning: resource ${groupResource(of.resource).split(".")[0] ?? ""}/${of.object.metadata.name} is missing the ${lastApplied} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`

const gvr = (resource: ApiResource): string => `${resource.group}/${resource.version}, Resource=${resource.plural}`

/** An object of the command, and what became of it. */
interface Applied {
  readonly resource: ApiResource
  readonly object: KubeObject
  readonly done: "created" | "configured" | "unchanged" | "serverside-applied"
}

/** A line for each, or with `-o` all of them, several as one list. */
const tell = Effect.fnUntraced(function* (inv: Invocation, applied: ReadonlyArray<Applied>, mode: DryRun) {
  const [first] = applied
  if (first === undefined) return
  if (!/^(?:json|yaml)$/u.test(inv.line.text("output") ?? "") || applied.length === 1) {
    for (const one of applied) yield* report(inv, one, one.done, mode)
    return
  }
  const print = yield* printer(inv, { nameOf: () => "", formats: "objects" })
  const all = { apiVersion: "v1", kind: "List", metadata: {}, items: applied.map(({ object }) => object) }
  if (print !== undefined) inv.out(yield* Effect.fromResult(print(all)))
})

type Validation = Readonly<Record<string, string>>

const applyOne = Effect.fnUntraced(function* (
  inv: Invocation,
  of: Manifest,
  mode: DryRun,
  validation: Validation
): Effect.fn.Return<Applied, Problem> {
  const { namespace, object, resource, source } = of
  const path = pathOf(resource, namespace, object.metadata.name)
  const wanted = withLastApplied(object)
  const name = object.metadata.name ?? ""
  const retrieving = `error when retrieving current configuration of:\nResource: ${JSON.stringify(gvr(resource))}, GroupVersionKind: ${JSON.stringify(`${resource.group}/${resource.version}, Kind=${resource.kind}`)}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}\nfrom server for: ${JSON.stringify(source)}`
  if (name === "") return yield* failure(`${retrieving}: resource name may not be empty`)
  const live = yield* inv.api.request({ method: "GET", path }).pipe(
    Effect.map((reply): unknown => reply.body),
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.succeed(undefined)
    ),
    Effect.mapError((status) => doing(retrieving, status))
  )
  if (live === undefined) {
    if (mode === "client") return { resource, object, done: "created" }
    const made = yield* inv.api
      .request({
        method: "POST",
        path: pathOf(resource, namespace),
        body: wanted,
        query: { ...writeQuery(inv, mode, "kubectl-client-side-apply"), ...validation }
      })
      .pipe(Effect.mapError((status) => doing(`error when creating ${JSON.stringify(source)}`, status)))
    return { resource, object: replied(made.body, wanted), done: "created" }
  }
  const before = Fields.text(live, "metadata", "annotations", lastApplied)
  if (before === "") inv.err(missing(of))
  if (mode === "client") return { resource, object, done: "configured" }
  const type = builtInScheme.byKind.get(`${apiVersionOf(resource.group, resource.version)}/${resource.kind}`)?.type
  const body = threeWay(before === "" ? {} : parsed(before), wanted, live, type)
  if (Object.keys(body).length === 0) return { resource, object: replied(live, object), done: "unchanged" }
  const done = yield* inv.api
    .request({
      method: "PATCH",
      path,
      body,
      contentType: type === undefined ? patchTypes.merge : patchTypes.strategic,
      query: { ...writeQuery(inv, mode, "kubectl-client-side-apply"), ...validation }
    })
    .pipe(
      Effect.mapError((status) =>
        doing(
          `error when applying patch:\n${JSON.stringify(body)}\nto:\nResource: ${JSON.stringify(gvr(resource))}, GroupVersionKind: ${JSON.stringify(`${resource.group}/${resource.version}, Kind=${resource.kind}`)}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}\nfor: ${JSON.stringify(source)}`,
          status
        )
      )
    )
  return { resource, object: replied(done.body, object), done: "configured" }
})

const applyThere = Effect.fnUntraced(function* (
  inv: Invocation,
  of: Manifest,
  mode: DryRun,
  validation: Validation
): Effect.fn.Return<Applied, Problem> {
  const object = yield* applyServerSide(inv, of, { mode, validation })
  if (object.metadata.deletionTimestamp !== undefined)
    inv.err(`Warning: Detected changes to resource ${object.metadata.name} which is currently being deleted.\n`)
  return { resource: of.resource, object, done: "serverside-applied" }
})

export const apply: Verb = {
  flags: {
    ...selectionFlags,
    ...reportFlags,
    all: bool,
    force: bool,
    overwrite: bool,
    prune: bool,
    "server-side": bool,
    "force-conflicts": bool,
    wait: bool,
    "grace-period": int,
    timeout: text,
    subresource: text,
    "prune-allowlist": texts,
    applyset: text
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    if (line.positional.length > 0)
      return yield* failure(`Unexpected args: [${line.positional.join(" ")}]\nSee 'kubectl apply -h' for help and examples`)
    if (line.has("kustomize")) return yield* failure("kustomizations are not supported here: write the manifests out and use -f")
    const [serverSide, force] = [line.isSet("server-side"), line.isSet("force-conflicts")]
    const mode = yield* dryRun(inv)
    if (force && !serverSide) return yield* failure("--force-conflicts only works with --server-side")
    if (mode === "client" && serverSide)
      return yield* failure("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    if (line.isSet("force") && serverSide) return yield* failure("--force cannot be used with --server-side")
    if (line.isSet("force") && mode === "server") return yield* failure("--dry-run=server cannot be used with --force")
    if (line.has("overwrite") && !line.isSet("overwrite")) return yield* failure("--overwrite=false is not supported here")
    if (line.isSet("prune")) return yield* failure("--prune is not supported here")
    if (!line.has("filename")) return yield* failure("must specify one of -f and -k")
    const validation = yield* validationQuery(inv)
    const { found, problems } = yield* manifests(inv)
    if (found.length === 0 && problems.length === 0) return yield* failure("no objects passed to apply")
    const failures: Array<Problem> = [...problems]
    const applied: Array<Applied> = []
    for (const one of found) {
      const done = yield* Effect.result(serverSide ? applyThere(inv, one, mode, validation) : applyOne(inv, one, mode, validation))
      if (Result.isFailure(done)) failures.push(done.failure)
      else applied.push(done.success)
    }
    yield* tell(inv, applied, mode)
    return reportAll(inv, failures)
  })
}
