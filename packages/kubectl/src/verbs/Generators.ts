/** The objects of `kubectl create KIND NAME`. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { type Failure, failure } from "../Failure.ts"
import type { Invocation, Problem } from "../Invocation.ts"

type Generator = (inv: Invocation, names: ReadonlyArray<string>) => Effect.Effect<KubeObject, Problem>

const named = (names: ReadonlyArray<string>, inv: Invocation): Effect.Effect<string, Failure> => {
  const [name] = names
  return name === undefined || names.length > 1
    ? Effect.fail(failure(`exactly one NAME is required, got ${names.length}\nSee '${inv.command} -h' for help and examples`))
    : Effect.succeed(name)
}

const pairs = (inv: Invocation, flag: string): Effect.Effect<Record<string, string>, Failure> =>
  Effect.gen(function* () {
    const out: Record<string, string> = {}
    for (const pair of inv.line.raw(flag)) {
      const equals = pair.indexOf("=")
      if (equals <= 0) return yield* failure(`invalid literal source ${pair}, expected key=value`)
      out[pair.slice(0, equals)] = pair.slice(equals + 1)
    }
    return out
  })

const data = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<Record<string, string>, Problem> {
  const out = yield* pairs(inv, "from-literal")
  for (const file of inv.line.raw("from-file")) {
    const equals = file.indexOf("=")
    const path = equals < 0 ? file : file.slice(equals + 1)
    const text = yield* inv.files.read(path)
    if (text === undefined) return yield* failure(`error reading ${path}: no such file or directory`)
    out[equals < 0 ? path.slice(path.lastIndexOf("/") + 1) : file.slice(0, equals)] = text
  }
  return out
})

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

const simple =
  (apiVersion: string, kind: string): Generator =>
  (inv, names) =>
    Effect.map(named(names, inv), (name) => ({ apiVersion, kind, metadata: { name } }))

const image = (inv: Invocation): Effect.Effect<string, Failure> => {
  const given = inv.line.text("image")
  return given === undefined ? Effect.fail(failure('required flag(s) "image" not set')) : Effect.succeed(given)
}

const containerName = (of: string): string => (of.split("/").at(-1) ?? of).split(/[:@]/u)[0] ?? of

const jobSpec = (name: string, of: string, command: ReadonlyArray<string>) => ({
  template: {
    spec: { containers: [{ name, image: of, ...(command.length === 0 ? {} : { command }) }], restartPolicy: "Never" }
  }
})

const byKind: Readonly<Record<string, Generator>> = {
  configmap: Effect.fnUntraced(function* (inv, names) {
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: yield* named(names, inv) }, data: yield* data(inv) }
  }),
  deployment: Effect.fnUntraced(function* (inv, names) {
    const name = yield* named(names, inv)
    const of = yield* image(inv)
    const labels = { app: name }
    const port = inv.line.int("port")
    const container = {
      name: containerName(of),
      image: of,
      ...(inv.line.rest === undefined ? {} : { command: inv.line.rest }),
      ...(port === undefined ? {} : { ports: [{ containerPort: port }] })
    }
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels },
      spec: {
        replicas: inv.line.int("replicas") ?? 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } }
      }
    }
  }),
  job: Effect.fnUntraced(function* (inv, names) {
    const name = yield* named(names, inv)
    return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: jobSpec(name, yield* image(inv), inv.line.rest ?? []) }
  }),
  cronjob: Effect.fnUntraced(function* (inv, names) {
    const name = yield* named(names, inv)
    const schedule = inv.line.text("schedule")
    if (schedule === undefined) return yield* failure('required flag(s) "schedule" not set')
    return {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name },
      spec: { schedule, jobTemplate: { metadata: { name }, spec: jobSpec(name, yield* image(inv), inv.line.rest ?? []) } }
    }
  }),
  namespace: simple("v1", "Namespace"),
  secret: Effect.fnUntraced(function* (inv, names) {
    const [kind, ...rest] = names
    if (kind !== "generic") return yield* failure("only `kubectl create secret generic NAME` is supported here")
    const plain = yield* data(inv)
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: yield* named(rest, inv) },
      type: inv.line.text("type") ?? "Opaque",
      data: Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, base64(value)]))
    }
  }),
  serviceaccount: simple("v1", "ServiceAccount")
}

const aliases: Readonly<Record<string, string>> = {
  cm: "configmap",
  deploy: "deployment",
  cj: "cronjob",
  ns: "namespace",
  sa: "serviceaccount"
}

/** By the kind's name or short name. */
export const generatorOf = (kind: string): Generator | undefined => byKind[aliases[kind] ?? kind]
