/** Changes of a workload's containers, one by one. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type CommandLine, type Flags } from "../../CommandLine.ts"
import { type Failure, failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../../Invocation.ts"
import { patched, type PatchType } from "../../Patched.ts"
import { type DryRun, dryRun, replied, report, reportFlags, writeQuery } from "../../Report.ts"
import { objects, type Selected, selectionFlags, targets } from "../../Selection.ts"
import { typed } from "../create/Generator.ts"

type Containers = ReadonlyArray<Fields.Fields>

const path = (one: Selected): ReadonlyArray<string> =>
  one.resource.kind === "Pod"
    ? ["spec"]
    : one.resource.kind === "CronJob"
      ? ["spec", "jobTemplate", "spec", "template", "spec"]
      : ["spec", "template", "spec"]

export const containersOf = (one: Selected, field: string): Containers =>
  Fields.list(one.object, ...path(one), field).map((container) => Fields.record(container))

const nested = (keys: ReadonlyArray<string>, value: unknown): unknown =>
  keys.reduceRight((inner: unknown, key) => ({ [key]: inner }), value)

export const selected = (name: string, pattern: string): boolean => pattern === "*" || pattern === name

interface Change {
  readonly type: PatchType
  readonly body: unknown
  /** What is said when it is done. */
  readonly done: string
  /** What stands before the server's refusal. */
  readonly refused?: string
  readonly mode: DryRun
}

/** Patches an object and says so, or gives the server's refusal. */
export const apply = Effect.fnUntraced(function* (inv: Invocation, one: Selected, { body, done, mode, refused, type }: Change) {
  if (mode === "client") {
    const object = yield* Effect.fromResult(patched(one.resource, one.object, type, body))
    yield* report(inv, { resource: one.resource, object: typed(object), held: "as struct" }, done, mode)
    return []
  }
  const reply = yield* Effect.result(
    inv.api.request({
      method: "PATCH",
      path: pathOf(one.resource, one.namespace, one.name),
      body,
      contentType: patchTypes[type],
      query: writeQuery(inv, mode, "kubectl-set")
    })
  )
  if (Result.isFailure(reply)) return [refused === undefined ? reply.failure : failure(`${refused} ${reply.failure.message}`)]
  yield* report(inv, { resource: one.resource, object: replied(reply.success.body, one.object), held: "as struct" }, done, mode)
  return []
})

interface Edit {
  readonly args: (positional: ReadonlyArray<string>) => { readonly names: ReadonlyArray<string>; readonly changes: ReadonlyArray<string> }
  readonly missing: string
  readonly done: string
  readonly refused: string
  readonly flags: Flags
  /** What the flags name on the server. */
  readonly given?: (inv: Invocation) => Effect.Effect<ReadonlyArray<Fields.Fields>, Problem>
  /** The changes of one container, or nothing. */
  readonly container: (
    container: Fields.Fields,
    changes: ReadonlyArray<string>,
    line: CommandLine,
    given: ReadonlyArray<Fields.Fields>
  ) => Result.Result<Fields.Fields | undefined, Failure>
  /** Refuses changes that fit none of the containers. */
  readonly check: (names: ReadonlyArray<string>, changes: ReadonlyArray<string>) => Failure | undefined
}

export const edit = (of: Edit): Verb => ({
  flags: { ...selectionFlags, ...reportFlags, ...of.flags, all: bool, local: bool },
  run: Effect.fnUntraced(function* (inv) {
    const { changes, names } = of.args(inv.line.positional)
    if (changes.length === 0 && !Object.keys(of.flags).some((flag) => inv.line.has(flag))) return yield* failure(of.missing)
    const given = of.given === undefined ? [] : yield* of.given(inv)
    const mode = yield* dryRun(inv)
    const { found, problems } = yield* objects(inv, yield* targets(inv, names, "needed"))
    const failures: Array<Problem> = [...problems]
    for (const one of found) {
      const [regular, init] = [containersOf(one, "containers"), containersOf(one, "initContainers")]
      const wrong = of.check(
        [...regular, ...init].map((container) => Fields.text(container, "name")),
        changes
      )
      if (wrong !== undefined) {
        failures.push(wrong)
        continue
      }
      const patch: Record<string, unknown> = {}
      for (const [field, containers] of [
        ["containers", regular],
        ["initContainers", init]
      ] as const) {
        const edited: Array<Fields.Fields> = []
        for (const container of containers) {
          const change = yield* Effect.fromResult(of.container(container, changes, inv.line, given))
          if (change !== undefined) edited.push({ ...change, name: Fields.text(container, "name") })
        }
        if (edited.length > 0) patch[field] = edited
      }
      if (Object.keys(patch).length === 0) continue
      failures.push(
        ...(yield* apply(inv, one, { type: "strategic", body: nested(path(one), patch), done: of.done, refused: of.refused, mode }))
      )
    }
    return reportAll(inv, failures)
  })
})

export const split = (positional: ReadonlyArray<string>, isChange: (arg: string) => boolean) => ({
  names: positional.filter((arg) => !isChange(arg)),
  changes: positional.filter(isChange)
})
