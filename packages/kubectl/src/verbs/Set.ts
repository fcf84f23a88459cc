/** `kubectl set image|env|resources|selector`. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type CommandLine, type Flags, short, text, texts } from "../CommandLine.ts"
import { type Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Family, type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { type DryRun, dryRun, writeQuery, replied, report, reportFlags } from "../Report.ts"
import { objects, type Selected, selectionFlags, targets } from "../Selection.ts"

type Containers = ReadonlyArray<Fields.Fields>

const path = (one: Selected): ReadonlyArray<string> =>
  one.resource.kind === "Pod"
    ? ["spec"]
    : one.resource.kind === "CronJob"
      ? ["spec", "jobTemplate", "spec", "template", "spec"]
      : ["spec", "template", "spec"]

const containersOf = (one: Selected, field: string): Containers =>
  Fields.list(one.object, ...path(one), field).map((container) => Fields.record(container))

const nested = (keys: ReadonlyArray<string>, value: unknown): unknown =>
  keys.reduceRight((inner: unknown, key) => ({ [key]: inner }), value)

const selected = (name: string, pattern: string): boolean => pattern === "*" || pattern === name

interface Change {
  readonly type: keyof typeof patchTypes
  readonly body: unknown
  /** What is said when it is done. */
  readonly done: string
  readonly mode: DryRun
}

/** Patches an object and says so, or gives the server's refusal. */
const apply = Effect.fnUntraced(function* (inv: Invocation, one: Selected, { body, done, mode, type }: Change) {
  if (mode === "client") {
    yield* report(inv, one, done, mode)
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
  if (Result.isFailure(reply)) return [reply.failure]
  yield* report(inv, { resource: one.resource, object: replied(reply.success.body, one.object) }, done, mode)
  return []
})

interface Edit {
  readonly args: (positional: ReadonlyArray<string>) => { readonly names: ReadonlyArray<string>; readonly changes: ReadonlyArray<string> }
  readonly missing: string
  readonly done: string
  readonly flags: Flags
  /** The changes of one container, or nothing. */
  readonly container: (
    container: Fields.Fields,
    changes: ReadonlyArray<string>,
    line: CommandLine
  ) => Result.Result<Fields.Fields | undefined, Failure>
  /** Refuses changes that fit none of the containers. */
  readonly check: (names: ReadonlyArray<string>, changes: ReadonlyArray<string>) => Failure | undefined
}

const edit = (of: Edit): Verb => ({
  flags: { ...selectionFlags, ...reportFlags, ...of.flags, all: bool, local: bool },
  run: Effect.fnUntraced(function* (inv) {
    const { changes, names } = of.args(inv.line.positional)
    if (changes.length === 0 && !Object.keys(of.flags).some((flag) => inv.line.has(flag))) return yield* failure(of.missing)
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
          const change = yield* Effect.fromResult(of.container(container, changes, inv.line))
          if (change !== undefined) edited.push({ ...change, name: Fields.text(container, "name") })
        }
        if (edited.length > 0) patch[field] = edited
      }
      if (Object.keys(patch).length === 0) continue
      failures.push(...(yield* apply(inv, one, { type: "strategic", body: nested(path(one), patch), done: of.done, mode })))
    }
    return reportAll(inv, failures)
  })
})

const split = (positional: ReadonlyArray<string>, isChange: (arg: string) => boolean) => ({
  names: positional.filter((arg) => !isChange(arg)),
  changes: positional.filter(isChange)
})

const image = edit({
  args: (positional) => split(positional, (arg) => arg.includes("=")),
  missing: "at least one image update is required",
  done: "image updated",
  flags: {},
  container: (container, changes) => {
    const name = Fields.text(container, "name")
    const change = changes.findLast((one) => selected(name, one.slice(0, one.indexOf("="))))
    const wanted = change?.slice(change.indexOf("=") + 1)
    return Result.succeed(wanted === undefined || wanted === Fields.text(container, "image") ? undefined : { image: wanted })
  },
  check: (names, changes) => {
    const wrong = changes.map((one) => one.slice(0, one.indexOf("="))).find((pattern) => !names.some((name) => selected(name, pattern)))
    return wrong === undefined ? undefined : failure(`unable to find container named ${JSON.stringify(wrong)}`)
  }
})

const setEnv = edit({
  args: (positional) =>
    split(positional, (arg) => /^[A-Za-z_][\w.-]*=/u.test(arg) || (/^[A-Za-z_][\w.]*-$/u.test(arg) && !arg.includes("/"))),
  missing: "at least one environment variable must be provided",
  done: "env updated",
  flags: { containers: short("c", text), env: short("e", texts), overwrite: bool },
  container: (container, given, line) => {
    const changes = [...given, ...line.raw("env")]
    const pattern = line.text("containers")
    if (pattern !== undefined && !selected(Fields.text(container, "name"), pattern)) return Result.succeed(undefined)
    const present = Fields.list(container, "env")
    const valueOf = (name: string) => present.find((one) => Fields.text(one, "name") === name)
    const env = changes.flatMap((change): ReadonlyArray<unknown> => {
      const equals = change.indexOf("=")
      if (equals >= 0) {
        const [name, value] = [change.slice(0, equals), change.slice(equals + 1)]
        const old = valueOf(name)
        if (old !== undefined && Fields.at(old, "valueFrom") === undefined && Fields.text(old, "value") === value) return []
        return [{ name, value, ...(Fields.at(old, "valueFrom") === undefined ? {} : { valueFrom: null }) }]
      }
      const name = change.slice(0, -1)
      return valueOf(name) === undefined ? [] : [{ name, $patch: "delete" }]
    })
    return Result.succeed(env.length === 0 ? undefined : { env })
  },
  check: () => undefined
})

const envList: Verb["run"] = Effect.fnUntraced(function* (inv) {
  const { found, problems } = yield* objects(inv, yield* targets(inv, inv.line.positional, "needed"))
  for (const one of found) {
    for (const container of [...containersOf(one, "containers"), ...containersOf(one, "initContainers")]) {
      inv.out(`# ${one.resource.kind} ${one.name}, container ${Fields.text(container, "name")}\n`)
      for (const variable of Fields.list(container, "env")) {
        const [secret, map] = [Fields.at(variable, "valueFrom", "secretKeyRef"), Fields.at(variable, "valueFrom", "configMapKeyRef")]
        const name = Fields.text(variable, "name")
        if (secret !== undefined) inv.out(`# ${name} from secret ${Fields.text(secret, "name")}, key ${Fields.text(secret, "key")}\n`)
        else if (map !== undefined) inv.out(`# ${name} from configmap ${Fields.text(map, "name")}, key ${Fields.text(map, "key")}\n`)
        else if (Fields.at(variable, "valueFrom") !== undefined)
          inv.out(`# ${name} from field path ${Fields.text(variable, "valueFrom", "fieldRef", "fieldPath")}\n`)
        else inv.out(`${name}=${Fields.text(variable, "value")}\n`)
      }
    }
  }
  return reportAll(inv, problems)
})

const env: Verb = {
  flags: { ...setEnv.flags, list: bool, resolve: bool },
  run: (inv) => (inv.line.isSet("list") ? envList(inv) : setEnv.run(inv))
}

const amounts = (line: CommandLine, flag: string): Fields.Fields | undefined => {
  const given = line.texts(flag)
  return given.length === 0
    ? undefined
    : Object.fromEntries(given.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]))
}

const resources = edit({
  args: (positional) => ({ names: positional, changes: [] }),
  missing: "you must specify an update to requests or limits (in the form of --requests/--limits)",
  done: "resource requirements updated",
  flags: { limits: texts, requests: texts, containers: short("c", text) },
  container: (container, _, line) => {
    const pattern = line.text("containers")
    if (pattern !== undefined && !selected(Fields.text(container, "name"), pattern)) return Result.succeed(undefined)
    const [limits, requests] = [amounts(line, "limits"), amounts(line, "requests")]
    return Result.succeed({ resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) } })
  },
  check: () => undefined
})

const selector: Verb = {
  flags: { ...selectionFlags, ...reportFlags, all: bool, local: bool, "resource-version": text },
  run: Effect.fnUntraced(function* (inv) {
    const { changes, names } = split(inv.line.positional, (arg) => arg.includes("="))
    if (changes.length === 0) return yield* failure("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    const mode = yield* dryRun(inv)
    const wanted = Object.fromEntries(
      changes.flatMap((change) => change.split(",")).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
    )
    const { found, problems } = yield* objects(inv, yield* targets(inv, names, "needed"))
    const failures: Array<Problem> = [...problems]
    for (const one of found) {
      if (one.resource.kind !== "Service") {
        failures.push(failure(`selector is immutable for ${one.resource.kind}`))
        continue
      }
      const removed = Object.fromEntries(
        Object.keys(Fields.record(one.object, "spec", "selector"))
          .filter((key) => !(key in wanted))
          .map((key) => [key, null])
      )
      const body = { spec: { selector: { ...removed, ...wanted } } }
      failures.push(...(yield* apply(inv, one, { type: "merge", body, done: "selector updated", mode })))
    }
    return reportAll(inv, failures)
  })
}

export const set: Family = { verbs: { env, image, resources, selector } }
