/** `kubectl run`: one pod, and with `--expose` a service for it. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as StrategicPatch from "@aiopslab/kubernetes/patch/StrategicPatch"
import { builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parse } from "yaml"
import { bool, type CommandLine, short, text, texts } from "../CommandLine.ts"
import { type Failure, failure, usageFailure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import type { Invocation, Problem, Verb } from "../Invocation.ts"
import { pairOf } from "../Pair.ts"
import { reportFlags } from "../Report.ts"
import { createOne } from "./Create.ts"

type Labels = Readonly<Record<string, string>>

/** Labels by commas; an empty key and another number of signs than one are mistakes. */
const labelsOf = (line: CommandLine, name: string): Result.Result<Labels, Failure> => {
  const given = line.texts("labels")
  if (given.length === 0) return Result.succeed({ run: name })
  const labels: Record<string, string> = {}
  for (const one of given) {
    const [key = "", value, ...more] = one.split("=")
    if (value === undefined || more.length > 0) return Result.fail(failure(`unexpected label spec: ${one}`))
    if (key === "") return Result.fail(failure("unexpected empty label key"))
    labels[key] = value
  }
  return Result.succeed(labels)
}

const environmentOf = (line: CommandLine): Result.Result<ReadonlyArray<Fields.Fields>, Failure> => {
  const env: Array<Fields.Fields> = []
  for (const one of line.raw("env")) {
    const [name = "", value = ""] = pairOf(one) ?? []
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/u.test(name) || name === "." || name.startsWith("..")) {
      return Result.fail(failure(`invalid env: ${one}`))
    }
    env.push(value === "" ? { name } : { name, value })
  }
  return Result.succeed(env)
}

const podOf = (
  line: CommandLine,
  name: string,
  image: string,
  words: ReadonlyArray<string>,
  labels: Labels,
  env: ReadonlyArray<Fields.Fields>
): KubeObject => {
  const port = line.text("port")
  const container = {
    name,
    image,
    ...(words.length === 0 ? {} : line.isSet("command") ? { command: words } : { args: words }),
    ...(env.length === 0 ? {} : { env }),
    ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }),
    ...(line.text("image-pull-policy") === undefined ? {} : { imagePullPolicy: line.text("image-pull-policy") }),
    ...(line.isSet("privileged") ? { securityContext: { privileged: true } } : {})
  }
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: { containers: [container], dnsPolicy: "ClusterFirst", restartPolicy: line.text("restart") ?? "Always" }
  }
}

/** `--overrides`: a patch of what would be made. */
const overridden = Effect.fnUntraced(function* (object: KubeObject, overrides: string | undefined): Effect.fn.Return<KubeObject, Problem> {
  if (overrides === undefined) return object
  const patch = Result.try((): unknown => parse(overrides))
  if (Result.isFailure(patch)) return yield* failure("--overrides is neither JSON nor YAML")
  const after = StrategicPatch.apply(object, Fields.record(patch.success), builtInScheme.byKind.get("v1/Pod")?.type)
  if (Result.isFailure(after)) return yield* failure(after.failure.message)
  return Fields.isObject(after.success) ? after.success : object
})

const exposed = (line: CommandLine, name: string, labels: Labels): KubeObject => {
  const port = Number(line.text("port"))
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { ports: [{ port, protocol: "TCP", targetPort: port }], selector: labels }
  }
}

const restarts: ReadonlySet<string> = new Set(["Always", "OnFailure", "Never"])

const refusedText = (inv: Invocation, line: CommandLine): Problem | undefined => {
  const restart = line.text("restart") ?? "Always"
  if (line.isSet("rm") || line.isSet("stdin") || line.isSet("tty"))
    return failure("there is no terminal to attach here: leave out -i, -t and --rm, and use `kubectl logs`")
  if (!restarts.has(restart)) return usageFailure(inv.command, `invalid restart policy: ${restart}`)
  if (line.isSet("expose") && line.text("port") === undefined) return failure("--port must be set when exposing a service")
  return undefined
}

export const run: Verb = {
  flags: {
    ...reportFlags,
    image: text,
    labels: short("l", texts),
    env: texts,
    port: text,
    command: bool,
    restart: text,
    rm: bool,
    stdin: short("i", bool),
    tty: short("t", bool),
    quiet: short("q", bool),
    expose: bool,
    overrides: text,
    privileged: bool,
    "save-config": bool,
    "image-pull-policy": text
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    const image = line.text("image")
    if (image === undefined) return yield* failure('required flag(s) "image" not set')
    const [name, ...extra] = line.positional
    if (name === undefined) return yield* failure("NAME is required for run")
    if (image === "") return yield* failure("--image is required")
    const refused = refusedText(inv, line)
    if (refused !== undefined) return yield* Effect.fail(refused)
    const labels = yield* Effect.fromResult(labelsOf(line, name))
    const env = yield* Effect.fromResult(environmentOf(line))
    const pod = yield* overridden(podOf(line, name, image, [...extra, ...(line.rest ?? [])], labels, env), line.text("overrides"))
    if (line.isSet("expose")) {
      yield* createOne(inv, { object: exposed(line, name, labels), manager: "kubectl-run" })
      // beside the one that every document after the first begins with
      if (line.text("output") === "yaml") inv.out("---\n")
    }
    return yield* createOne(inv, { object: pod, manager: "kubectl-run" })
  })
}
