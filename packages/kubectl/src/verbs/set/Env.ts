/** `kubectl set env`. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, short, text, texts } from "../../CommandLine.ts"
import { failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import { type Invocation, type Problem, reportAll, resourceNamed, type Verb } from "../../Invocation.ts"
import { mapJson } from "../../output/Json.ts"
import { objects, targets } from "../../Selection.ts"
import { containersOf, edit, selected, split } from "./Edit.ts"

/** The variables that `--from` takes from a config map or a secret. */
const taken = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<Fields.Fields>, Problem> {
  const from = inv.line.text("from")
  if (from === undefined) return []
  const [type = "", name = ""] = from.split("/")
  const resource = yield* resourceNamed(inv, type)
  const { body } = yield* inv.api.request({ method: "GET", path: pathOf(resource, inv.namespace, name) })
  if (resource.kind !== "ConfigMap" && resource.kind !== "Secret") return yield* failure(`unsupported resource specified in --from`)
  const ref = resource.kind === "Secret" ? "secretKeyRef" : "configMapKeyRef"
  const keys = inv.line.texts("keys")
  return Fields.sorted(Fields.record(body, "data"))
    .filter(([key]) => keys.length === 0 || keys.includes(key))
    .map(([key]) => {
      const variable = key.replace(/[^a-zA-Z0-9_]/gu, "_").toUpperCase()
      if (variable !== key) inv.err(`Warning: key ${key} transferred to ${variable}\n`)
      return { name: `${inv.line.text("prefix") ?? ""}${variable}`, valueFrom: { [ref]: { key, name } } }
    })
})

const setEnv = edit({
  args: (positional) =>
    split(positional, (arg) => /^[A-Za-z_][\w.-]*=/u.test(arg) || (/^[A-Za-z_][\w.]*-$/u.test(arg) && !arg.includes("/"))),
  missing: "at least one environment variable must be provided",
  done: "env updated",
  refused: "failed to patch env update to pod template:",
  flags: { containers: short("c", text), env: short("e", texts), from: text, keys: texts, prefix: text, overwrite: bool },
  given: taken,
  container: (container, given, line, more) => {
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
    const added = more.filter((one) => mapJson(valueOf(Fields.text(one, "name")) ?? {}) !== mapJson(one))
    if (env.length + added.length === 0) return Result.succeed(undefined)
    const removed = new Set(changes.filter((one) => !one.includes("=")).map((one) => one.slice(0, -1)))
    const names = [...present, ...env, ...added].map((one) => Fields.text(one, "name")).filter((name) => !removed.has(name))
    return Result.succeed({ env: [...env, ...added], "$setElementOrder/env": [...new Set(names)].map((name) => ({ name })) })
  },
  check: () => undefined
})

/** What stands in the config map or secret that a variable refers to. */
const resolve = Effect.fnUntraced(function* (inv: Invocation, namespace: string, variable: unknown) {
  const [secret, map] = [Fields.at(variable, "valueFrom", "secretKeyRef"), Fields.at(variable, "valueFrom", "configMapKeyRef")]
  const ref = secret ?? map
  if (ref === undefined) return undefined
  const resource = secret === undefined ? resources.configMaps : resources.secrets
  const { body } = yield* inv.api.request({ method: "GET", path: pathOf(resource, namespace, Fields.text(ref, "name")) })
  const value = Fields.text(body, "data", Fields.text(ref, "key"))
  return secret === undefined ? value : atob(value)
})

const envList: Verb["run"] = Effect.fnUntraced(function* (inv) {
  const { found, problems } = yield* objects(inv, yield* targets(inv, inv.line.positional, "needed"))
  for (const one of found) {
    for (const container of [...containersOf(one, "containers"), ...containersOf(one, "initContainers")]) {
      inv.out(`# ${one.resource.kind} ${one.name}, container ${Fields.text(container, "name")}\n`)
      for (const variable of Fields.list(container, "env")) {
        const [secret, map] = [Fields.at(variable, "valueFrom", "secretKeyRef"), Fields.at(variable, "valueFrom", "configMapKeyRef")]
        const name = Fields.text(variable, "name")
        const resolved = inv.line.isSet("resolve") ? yield* resolve(inv, one.namespace, variable) : undefined
        if (resolved !== undefined) inv.out(`${name}=${resolved}\n`)
        else if (secret !== undefined) inv.out(`# ${name} from secret ${Fields.text(secret, "name")}, key ${Fields.text(secret, "key")}\n`)
        else if (map !== undefined) inv.out(`# ${name} from configmap ${Fields.text(map, "name")}, key ${Fields.text(map, "key")}\n`)
        else if (Fields.at(variable, "valueFrom") !== undefined)
          inv.out(`# ${name} from field path ${Fields.text(variable, "valueFrom", "fieldRef", "fieldPath")}\n`)
        else inv.out(`${name}=${Fields.text(variable, "value")}\n`)
      }
    }
  }
  return reportAll(inv, problems)
})

export const env: Verb = {
  flags: { ...setEnv.flags, list: bool, resolve: bool },
  run: (inv) => (inv.line.isSet("list") ? envList(inv) : setEnv.run(inv))
}
