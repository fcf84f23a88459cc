/** `kubectl apply`, on the client's side as is the default: create, or patch by three ways and remember what was applied. */
import { type KubeObject, patchTypes } from "@aiopslab/core/Kubernetes"
import { groupResource, pathOf } from "@aiopslab/core/KubeClient"
import { apiVersionOf, builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, int, text } from "../CommandLine.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { type Manifest, manifests } from "../Manifests.ts"
import { type DryRun, dryRun, dryRunQuery, replied, report, reportFlags } from "../Report.ts"
import { selectionFlags } from "../Selection.ts"
import { threeWay } from "../ThreeWay.ts"
import { doing } from "./Doing.ts"

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

/** The manifest as it is remembered: itself, without the annotation, keys in order, in one line. */
const remembered = (object: KubeObject): string => {
  const { [lastApplied]: _, ...annotations } = Fields.record(object, "metadata", "annotations")
  return `${JSON.stringify(Fields.sortKeys({ ...object, metadata: { ...object.metadata, annotations } }))}\n`
}

const annotated = (object: KubeObject): KubeObject =>
  Fields.withMetadata(object, { annotations: { ...Fields.record(object, "metadata", "annotations"), [lastApplied]: remembered(object) } })

const parsed = (json: string): unknown =>
  Result.getOrElse(
    Result.try(() => JSON.parse(json) as unknown),
    () => ({})
  )

const missing = (of: Manifest): string =>
  `Warning: resource ${groupResource(of.resource).split(".")[0] ?? ""}/${of.object.metadata.name} is missing the ${lastApplied} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`

const applyOne = Effect.fnUntraced(function* (inv: Invocation, of: Manifest, mode: DryRun): Effect.fn.Return<void, Problem> {
  const { namespace, object, resource, source } = of
  const path = pathOf(resource, namespace, object.metadata.name)
  const wanted = annotated(object)
  const live = yield* inv.api.request({ method: "GET", path }).pipe(
    Effect.map((reply): unknown => reply.body),
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.succeed(undefined)
    ),
    Effect.mapError((status) =>
      doing(`error when retrieving current configuration of:\nfrom server for: ${JSON.stringify(source)}`, status)
    )
  )
  if (live === undefined) {
    if (mode === "client") return yield* report(inv, { resource, object }, "created", mode)
    const made = yield* inv.api
      .request({ method: "POST", path: pathOf(resource, namespace), body: wanted, query: dryRunQuery(mode) })
      .pipe(Effect.mapError((status) => doing(`error when creating ${JSON.stringify(source)}`, status)))
    return yield* report(inv, { resource, object: replied(made.body, wanted) }, "created", mode)
  }
  const before = Fields.text(live, "metadata", "annotations", lastApplied)
  if (before === "") inv.err(missing(of))
  if (mode === "client") return yield* report(inv, { resource, object }, "configured", mode)
  const type = builtInScheme.byKind.get(`${apiVersionOf(resource.group, resource.version)}/${resource.kind}`)?.type
  const body = threeWay(before === "" ? {} : parsed(before), wanted, live, type)
  if (Object.keys(body).length === 0) return yield* report(inv, { resource, object: replied(live, object) }, "unchanged", mode)
  const done = yield* inv.api
    .request({
      method: "PATCH",
      path,
      body,
      contentType: type === undefined ? patchTypes.merge : patchTypes.strategic,
      query: dryRunQuery(mode)
    })
    .pipe(
      Effect.mapError((status) =>
        doing(
          `error when applying patch:\n${JSON.stringify(body)}\nto:\nResource: ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`)}\nfor: ${JSON.stringify(source)}`,
          status
        )
      )
    )
  yield* report(inv, { resource, object: replied(done.body, object) }, "configured", mode)
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
    timeout: text
  },
  run: Effect.fnUntraced(function* (inv) {
    if (inv.line.has("kustomize")) return yield* failure("kustomizations are not supported here: write the manifests out and use -f")
    if (inv.line.isSet("prune")) return yield* failure("--prune is not supported here")
    if (inv.line.isSet("server-side")) return yield* failure("--server-side is not supported here: leave it out")
    if (!inv.line.has("filename")) return yield* failure("must specify one of -f and -k")
    if (inv.line.positional.length > 0)
      return yield* failure(`Unexpected args: [${inv.line.positional.join(" ")}]\nSee 'kubectl apply -h' for help and examples`)
    const mode = yield* dryRun(inv)
    const all = yield* manifests(inv)
    if (all.length === 0) return yield* failure("no objects passed to apply")
    const problems: Array<Problem> = []
    for (const one of all) {
      const done = yield* Effect.result(applyOne(inv, one, mode))
      if (Result.isFailure(done)) problems.push(done.failure)
    }
    return reportAll(inv, problems)
  })
}
