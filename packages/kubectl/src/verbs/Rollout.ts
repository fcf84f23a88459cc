/** `kubectl rollout`: status, history, undo, restart, pause, resume. */
import { sortedWhole } from "@aiopslab/kubernetes/GoEncoder"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { groupResource, pathOf } from "@aiopslab/core/KubeClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, duration, type Flags, int, short } from "../CommandLine.ts"
import { podTemplate } from "../describe/PodTemplate.ts"
import { Page } from "../describe/Page.ts"
import { failure, problemText } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Family, type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { printer } from "../output/Printer.ts"
import { align, describeLayout } from "../output/Tabs.ts"
import { called, dryRun, dryRunSuffix, replied, report, reportFlags, writeQuery } from "../Report.ts"
import { objects, type Selected, selectionFlags, targets } from "../Selection.ts"
import { poll } from "./Poll.ts"
import { type Revision, revisions } from "./rollout/History.ts"
import { statusOf } from "./rollout/Status.ts"

const flags: Flags = { ...selectionFlags, ...reportFlags }

const chosen = Effect.fnUntraced(function* (inv: Invocation) {
  if (inv.line.positional.length === 0 && !inv.line.has("filename")) return yield* failure("required resource not specified")
  return yield* objects(inv, yield* targets(inv, inv.line.positional, "optional"))
})

const read = (inv: Invocation, of: Selected) =>
  Effect.map(inv.api.request({ method: "GET", path: pathOf(of.resource, of.namespace, of.name) }), (reply) =>
    replied({ kind: of.resource.kind, ...Fields.record(reply.body) }, of.object)
  )

const status: Verb = {
  flags: { ...flags, watch: short("w", bool), revision: int, timeout: duration },
  run: Effect.fnUntraced(function* (inv) {
    const { found, problems } = yield* chosen(inv)
    const failures: Array<Problem> = [...problems]
    const watching = inv.line.has("watch") ? inv.line.isSet("watch") : true
    const timeout = inv.line.duration("timeout") ?? 0
    for (const one of found) {
      let said = ""
      const step = Effect.gen(function* () {
        const { done, text } = yield* Effect.fromResult(statusOf(yield* read(inv, one), inv.line.int("revision") ?? 0))
        if (text !== said) inv.out(`${text}\n`)
        said = text
        return done || !watching
      })
      const ended = yield* Effect.result(poll<Problem>(step, timeout > 0 ? timeout : 7 * 24 * 3_600_000))
      if (Result.isFailure(ended)) failures.push(ended.failure)
      else if (!ended.success) failures.push(failure("timed out waiting for the condition"))
    }
    return reportAll(inv, failures)
  })
}

const templateText = (revision: Revision): string => {
  const page = new Page()
  page.line(0, "Pod Template:")
  podTemplate(page, revision.template)
  return page.raw()
}

/** With `-o`, the objects that hold the revisions. */
const shown = Effect.fnUntraced(function* (
  inv: Invocation,
  { name, resource }: Selected,
  all: ReadonlyArray<Revision>
): Effect.fn.Return<ReadonlyArray<Problem>, Problem> {
  if (all.length === 0 && inv.line.has("revision")) return [failure("unable to find the specified revision")]
  const print = yield* printer(inv, { nameOf: () => called(resource, name), formats: "objects" })
  for (const { object } of all) if (print !== undefined) inv.out(yield* Effect.fromResult(print(object)))
  return []
})

const history: Verb = {
  flags: { ...flags, revision: int },
  run: Effect.fnUntraced(function* (inv) {
    const { found, problems } = yield* chosen(inv)
    const wanted = inv.line.int("revision") ?? 0
    const failures: Array<Problem> = [...problems]
    for (const one of found) {
      const all = yield* revisions(inv, one)
      if (inv.line.has("output")) {
        failures.push(...(yield* shown(inv, one, wanted > 0 ? all.filter(({ number }) => number === wanted) : all)))
        continue
      }
      if (all.length === 0) {
        inv.out(`${called(one.resource, one.name)} ${wanted > 0 ? `with revision #${wanted}` : ""}\nNo rollout history found.\n`)
        continue
      }
      if (wanted > 0) {
        const revision = all.find((other) => other.number === wanted)
        if (revision === undefined) failures.push(failure("unable to find the specified revision"))
        else inv.out(`${called(one.resource, one.name)} with revision #${wanted}\n${templateText(revision)}\n`)
        continue
      }
      const table = align(
        ["REVISION\tCHANGE-CAUSE", ...all.map((revision) => `${revision.number}\t${revision.changeCause}`), ""].join("\n"),
        describeLayout
      )
      inv.out(`${called(one.resource, one.name)} \n${table}\n`)
    }
    return reportAll(inv, failures)
  })
}

/** The template of a revision as it was written, without what the controller added. */
const ownTemplate = (revision: Revision): unknown => {
  const metadata = Fields.record(revision.template, "metadata")
  const { "pod-template-hash": _, ...labels } = Fields.record(metadata, "labels")
  return { ...revision.template, metadata: { ...metadata, labels } }
}

const previous = (all: ReadonlyArray<Revision>, wanted: number, one: Selected): Result.Result<Revision, Problem> => {
  if (wanted > 0) {
    const found = all.find((revision) => revision.number === wanted)
    return found === undefined ? Result.fail(failure(`unable to find specified revision ${wanted} in history`)) : Result.succeed(found)
  }
  const found = all.at(-2)
  return found === undefined
    ? Result.fail(
        failure(
          one.resource.kind === "Deployment"
            ? `no rollout history found for deployment ${JSON.stringify(one.name)}`
            : "no last revision to roll back to"
        )
      )
    : Result.succeed(found)
}

const undo: Verb = {
  flags: { ...flags, "to-revision": int },
  run: Effect.fnUntraced(function* (inv) {
    const mode = yield* dryRun(inv)
    const { found, problems } = yield* chosen(inv)
    const failures: Array<Problem> = [...problems]
    for (const one of found) {
      const revision = previous(yield* revisions(inv, one), inv.line.int("to-revision") ?? 0, one)
      if (Result.isFailure(revision)) {
        failures.push(revision.failure)
        continue
      }
      if (Fields.at(one.object, "spec", "paused") === true) {
        failures.push(failure("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"))
        continue
      }
      const { template } = revision.success
      if (mode === "client") {
        inv.out(`${called(one.resource, one.name)} ${templateText(revision.success)}${dryRunSuffix(mode)}\n`)
        continue
      }
      const path = pathOf(one.resource, one.namespace, one.name)
      const wanted = one.resource.kind === "Deployment" ? ownTemplate(revision.success) : template
      if (JSON.stringify(sortedWhole(wanted)) === JSON.stringify(sortedWhole(Fields.at(one.object, "spec", "template")))) {
        yield* report(
          inv,
          { ...one, held: "as struct" },
          `skipped rollback (current template already matches revision ${revision.success.number})`,
          mode
        )
        continue
      }
      yield* inv.api.request({
        method: "PATCH",
        path,
        body: [{ op: "replace", path: "/spec/template", value: wanted }],
        contentType: patchTypes.json,
        query: writeQuery(inv, mode, "")
      })
      yield* report(inv, { ...one, held: "as struct" }, "rolled back", mode)
    }
    return reportAll(inv, failures)
  })
}

/** Patches each object, or says why it cannot. */
const change = (done: string, body: (one: Selected, now: string) => unknown, refusal: (one: Selected) => string | undefined): Verb => ({
  flags,
  run: Effect.fnUntraced(function* (inv) {
    const mode = yield* dryRun(inv)
    const { found, problems } = yield* chosen(inv)
    const failures: Array<string> = problems.map(problemText)
    const now = `${new Date(yield* Clock.currentTimeMillis).toISOString().slice(0, 19)}Z`
    for (const one of found) {
      const why = refusal(one)
      const patch = body(one, now)
      const same =
        JSON.stringify(Fields.at(one.object, "spec", "template", "metadata", "annotations", restartedAt)) ===
        JSON.stringify(Fields.at(patch, "spec", "template", "metadata", "annotations", restartedAt))
      if (why !== undefined) failures.push(`error: ${groupResource(one.resource)} ${JSON.stringify(one.name)} ${why}`)
      else if (done === "restarted" && same) {
        failures.push(
          `${failures.length > 0 ? "" : "error: "}failed to create patch for ${one.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`
        )
      } else {
        const result =
          mode === "client"
            ? undefined
            : yield* Effect.result(
                inv.api.request({
                  method: "PATCH",
                  path: pathOf(one.resource, one.namespace, one.name),
                  body: patch,
                  contentType: patchTypes.strategic,
                  query: writeQuery(inv, mode, "kubectl-rollout")
                })
              )
        if (result !== undefined && Result.isFailure(result)) failures.push(`error: failed to patch: ${result.failure.message}`)
        else {
          const object = result === undefined ? one.object : replied(result.success.body, one.object)
          yield* report(inv, { resource: one.resource, object, held: "as struct" }, done, mode)
        }
      }
    }
    for (const text of failures) inv.err(`${text}\n`)
    return failures.length === 0 ? 0 : 1
  })
})

const restartedAt = "kubectl.kubernetes.io/restartedAt"
const restartable = ["Deployment", "DaemonSet", "StatefulSet"]

const restart = change(
  "restarted",
  (_, now) => ({ spec: { template: { metadata: { annotations: { [restartedAt]: now } } } } }),
  (one) =>
    !restartable.includes(one.resource.kind)
      ? "restarting is not supported"
      : Fields.at(one.object, "spec", "paused") === true
        ? "can't restart paused deployment (run rollout resume first)"
        : undefined
)

const paused = (one: Selected): boolean => Fields.at(one.object, "spec", "paused") === true

const pause = change(
  "paused",
  () => ({ spec: { paused: true } }),
  (one) => (one.resource.kind !== "Deployment" ? "pausing is not supported" : paused(one) ? "is already paused" : undefined)
)

const resume = change(
  "resumed",
  () => ({ spec: { paused: null } }),
  (one) => (one.resource.kind !== "Deployment" ? "resuming is not supported" : paused(one) ? undefined : "is not paused")
)

export const rollout: Family = { verbs: { status, history, undo, restart, pause, resume } }
