/** `kubectl label` and `kubectl annotate`. */
import { type KubeObject, patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import { explainLabelValue } from "@aiopslab/kubernetes/validation/Names"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, text } from "../CommandLine.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { manifests } from "../Manifests.ts"
import { pairs } from "../Pair.ts"
import { dryRun, writeQuery, replied, report, reportFlags } from "../Report.ts"
import { allNamespacesFlag, objects, selectionFlags, targets } from "../Selection.ts"

interface Wording {
  readonly field: "labels" | "annotations"
  readonly noun: "label" | "annotation"
  readonly article: "a" | "an"
  readonly done: (changed: { readonly sets: boolean; readonly same: boolean }) => string
}

const isChange = (arg: string): boolean =>
  !arg.startsWith("-") && !(arg.indexOf("/") >= 0 && !/[=-]/u.test(arg)) && (/^[^=]+=/u.test(arg) || /^[^=]+-$/u.test(arg))

/** The objects of `-f` as they stand there, for `--local`. */
export const given = (inv: Invocation) =>
  Effect.map(manifests(inv), ({ found, problems }) => ({
    found: found.map(({ namespace, resource, written }) => ({ resource, namespace, name: written.metadata.name, object: written })),
    problems
  }))

const changed = (
  object: KubeObject,
  field: Wording["field"],
  sets: ReadonlyMap<string, string>,
  removes: ReadonlyArray<string>
): KubeObject => {
  const kept = Object.entries(Fields.record(object, "metadata", field)).filter(([key]) => !removes.includes(key))
  return Fields.withMetadata(object, { [field]: Object.fromEntries<unknown>([...kept, ...sets]) })
}

const verb = (of: Wording): Verb => ({
  flags: {
    ...selectionFlags,
    ...allNamespacesFlag,
    ...reportFlags,
    all: bool,
    overwrite: bool,
    list: bool,
    local: bool,
    "resource-version": text
  },
  run: Effect.fnUntraced(function* (inv) {
    const { positional } = inv.line
    // a name may end in a dash nowhere, so the first argument that reads as a change ends the names
    const first = positional.findIndex((arg, index) => (index > 0 || inv.line.has("filename")) && isChange(arg))
    const names = first < 0 ? positional : positional.slice(0, first)
    const changes = first < 0 ? [] : positional.slice(first)
    if (changes.length === 0 && !inv.line.isSet("list")) {
      return yield* failure(
        positional.length === 0 && !inv.line.has("filename")
          ? "one or more resources must be specified as <resource> <name> or <resource>/<name>"
          : `at least one ${of.noun} update is required`
      )
    }
    const wrong = changes.find((change) => !isChange(change))
    if (wrong !== undefined) return yield* failure(`unknown ${of.noun} spec: ${wrong}`)
    const sets = new Map(pairs(changes.filter((change) => !change.endsWith("-") || change.includes("="))))
    const removes = changes.filter((change) => change.endsWith("-") && !change.includes("=")).map((change) => change.slice(0, -1))
    const both = removes.find((key) => sets.has(key))
    if (both !== undefined) return yield* failure(`can not both modify and remove ${of.article} ${of.noun} in the same command`)
    const unfit = of.noun === "label" ? [...sets].find(([, value]) => explainLabelValue(value).length > 0) : undefined
    if (unfit !== undefined)
      return yield* failure(`invalid label value: ${JSON.stringify(unfit.join("="))}: ${explainLabelValue(unfit[1]).join(";")}`)
    const mode = yield* dryRun(inv)
    const local = inv.line.isSet("local")
    const { found, problems } = local ? yield* given(inv) : yield* objects(inv, yield* targets(inv, names, "needed"))
    const version = inv.line.text("resource-version")
    const failures: Array<Problem> = []
    for (const { name, namespace, object, resource } of found) {
      const present = Fields.record(object, "metadata", of.field)
      if (inv.line.isSet("list")) {
        for (const [key, value] of Fields.sorted(present)) inv.out(`${key}=${String(value)}\n`)
        continue
      }
      const taken = [...sets].find(([key, value]) => key in present && present[key] !== value)
      if (taken !== undefined && !inv.line.isSet("overwrite")) {
        failures.push(
          failure(
            of.noun === "label"
              ? `'${taken[0]}' already has a value (${String(present[taken[0]])}), and --overwrite is false`
              : `--overwrite is false but found the following declared annotation(s): '${taken[0]}' already has a value (${String(present[taken[0]])})`
          )
        )
        continue
      }
      for (const key of removes) if (!(key in present) && of.noun === "label") inv.out(`label ${JSON.stringify(key)} not found.\n`)
      if (local) {
        yield* report(
          inv,
          { resource, object: changed(object, of.field, sets, removes) },
          of.done({ sets: sets.size > 0, same: false }),
          "none"
        )
        continue
      }
      const change = Object.fromEntries<string | null>([
        ...sets,
        ...removes.filter((key) => key in present).map((key) => [key, null] as const)
      ])
      const same = [...sets].every(([key, value]) => present[key] === value) && removes.every((key) => !(key in present))
      let after = object
      if ((!same || version !== undefined) && mode !== "client") {
        const reply = yield* Effect.result(
          inv.api.request({
            method: "PATCH",
            path: pathOf(resource, namespace, name),
            body: { metadata: { ...(version === undefined ? {} : { resourceVersion: version }), [of.field]: change } },
            contentType: patchTypes.merge,
            query: writeQuery(inv, mode, `kubectl-${of.noun === "label" ? "label" : "annotate"}`)
          })
        )
        if (Result.isFailure(reply)) {
          failures.push(reply.failure)
          continue
        }
        after = replied(reply.success.body, object)
      }
      yield* report(inv, { resource, object: after }, of.done({ sets: sets.size > 0, same }), mode)
    }
    return reportAll(inv, [...problems, ...failures])
  })
})

export const label = verb({
  field: "labels",
  noun: "label",
  article: "a",
  done: ({ same, sets }) => (same ? "not labeled" : sets ? "labeled" : "unlabeled")
})

export const annotate = verb({ field: "annotations", noun: "annotation", article: "an", done: () => "annotated" })
