import { pathOf } from "@aiopslab/core/KubeClient"
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, duration, int, short, text } from "../CommandLine.ts"
import { singularName } from "../Discovery.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { called, dryRun, dryRunSuffix, reportFlags } from "../Report.ts"
import { allNamespacesFlag, objects, type One, selectionFlags, type Target, targets } from "../Selection.ts"
import { doing } from "./Doing.ts"
import { poll } from "./Poll.ts"
import { raw } from "./Raw.ts"

const nothingGiven =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

const immediate =
  "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n"

const policies: Readonly<Record<string, string>> = {
  background: "Background",
  foreground: "Foreground",
  orphan: "Orphan",
  true: "Background",
  false: "Orphan"
}

/** The wait of kubectl has no end of its own: a week. */
const forever = 7 * 24 * 3_600_000

interface Deleted extends One {
  readonly uid: string
}

/** Of what the answer to a deletion is about: the object, or a status. */
const uidOf = (body: unknown): string => Fields.text(body, "details", "uid") || Fields.text(body, "metadata", "uid")

/** What the arguments name is deleted unseen; what they select is listed first. */
const chosen = Effect.fnUntraced(function* (inv: Invocation, of: ReadonlyArray<Target>) {
  const listed: Array<One> = []
  const problems: Array<KubeStatus> = []
  for (const target of of) {
    if (target._tag === "One") {
      listed.push(target)
      continue
    }
    const seen = yield* objects(inv, [target])
    problems.push(...seen.problems)
    listed.push(...seen.found.map(({ name, namespace, resource }): One => ({ _tag: "One", name, namespace, resource })))
  }
  return { listed, problems }
})

const gone = (inv: Invocation, of: Deleted): Effect.Effect<boolean, KubeStatus> =>
  inv.api.request({ method: "GET", path: pathOf(of.resource, of.namespace, of.name) }).pipe(
    Effect.map((reply) => Fields.text(reply.body, "metadata", "uid") !== of.uid),
    Effect.catchIf(
      (status) => status.code === 404,
      () => Effect.succeed(true)
    )
  )

/** `kubectl delete`: waits until the objects are gone, as long as `--timeout` says. */
export const remove: Verb = {
  flags: {
    ...selectionFlags,
    ...allNamespacesFlag,
    ...reportFlags,
    all: bool,
    force: bool,
    now: bool,
    wait: bool,
    interactive: short("i", bool),
    "grace-period": int,
    timeout: duration,
    cascade: { type: "text", bare: "background" },
    "ignore-not-found": bool,
    raw: text
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    const url = line.text("raw")
    if (url !== undefined) return yield* raw(inv, "DELETE", url)
    if (line.isSet("all") && (line.text("selector") || line.text("field-selector")))
      return yield* failure("setting 'all' parameter but found a non empty selector. ")
    if (line.positional.length === 0 && !line.has("filename")) return yield* failure(nothingGiven)
    const cascade = line.text("cascade") ?? "background"
    const propagationPolicy = policies[cascade]
    if (propagationPolicy === undefined)
      return yield* failure(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
    const mode = yield* dryRun(inv)
    const force = line.isSet("force")
    const asked = line.int("grace-period") ?? -1
    if (line.isSet("now") && asked !== -1) return yield* failure("--now and --grace-period cannot be specified together")
    if (force && asked > 0) return yield* failure("--force and --grace-period greater than 0 cannot be specified together")
    const given = line.isSet("now") ? 1 : asked
    // so that nobody deletes at once by mistake
    const grace = force ? Math.max(0, given) : given === 0 ? 1 : given
    const ignoring = line.isSet("ignore-not-found") || line.isSet("all") || line.has("selector")
    const of = yield* targets(inv, line.positional, "needed")
    if (line.has("namespace") && of.some((target) => !target.resource.namespaced))
      inv.err("Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n")
    const { listed, problems } = yield* chosen(inv, of)
    const failures: Array<Problem> = problems.filter((problem) => !(ignoring && problem.code === 404))
    if (force && grace === 0 && mode === "none") inv.err(immediate)
    const deleted: Array<Deleted> = []
    for (const one of listed) {
      const { name, namespace, resource, source } = one
      const body = {
        kind: "DeleteOptions",
        apiVersion: "v1",
        propagationPolicy,
        ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
        ...(mode === "server" ? { dryRun: ["All"] } : {})
      }
      if (mode !== "client") {
        const done = yield* Effect.result(inv.api.request({ method: "DELETE", path: pathOf(resource, namespace, name), body }))
        if (Result.isSuccess(done)) deleted.push({ ...one, uid: uidOf(done.success.body) })
        else {
          const refusal = source === undefined ? done.failure : doing(`error when deleting ${JSON.stringify(source)}`, done.failure)
          if (!(ignoring && done.failure.code === 404)) failures.push(refusal)
          continue
        }
      }
      const where = resource.namespaced ? ` from ${namespace} namespace` : ""
      inv.out(
        line.text("output") === "name"
          ? `${called(resource, name)}\n`
          : `${singularName(resource)} ${JSON.stringify(name)} ${force && grace === 0 ? "force deleted" : "deleted"}${where}${dryRunSuffix(mode)}\n`
      )
    }
    if (listed.length === 0 && failures.length === 0 && !line.isSet("ignore-not-found") && line.text("output") !== "name")
      inv.out("No resources found\n")
    const waiting = mode === "none" && (line.has("wait") ? line.isSet("wait") : !(force && grace === 0))
    const timeout = line.duration("timeout") ?? 0
    if (waiting) {
      for (const one of deleted) {
        const ok = yield* poll(gone(inv, one), timeout > 0 ? timeout : forever)
        if (!ok) failures.push(failure(`timed out waiting for the condition on ${one.resource.plural}/${one.name}`))
      }
    }
    return reportAll(inv, failures)
  })
}
