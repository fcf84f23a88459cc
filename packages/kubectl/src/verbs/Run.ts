/** `kubectl run`: one pod. */
import * as Effect from "effect/Effect"
import { bool, short, text, texts } from "../CommandLine.ts"
import { failure } from "../Failure.ts"
import type { Verb } from "../Invocation.ts"
import { reportFlags } from "../Report.ts"
import { createOne } from "./Create.ts"

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
    "image-pull-policy": text
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    const image = line.text("image")
    if (image === undefined) return yield* failure('required flag(s) "image" not set')
    const [name, ...extra] = line.positional
    if (name === undefined) return yield* failure("NAME is required for run")
    if (line.isSet("rm") || line.isSet("stdin") || line.isSet("tty")) {
      return yield* failure("there is no terminal to attach here: leave out -i, -t and --rm, and use `kubectl logs`")
    }
    const words = [...extra, ...(line.rest ?? [])]
    const labels = line.texts("labels").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const)
    const env = line.raw("env").map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }))
    const port = line.text("port")
    const container = {
      name,
      image,
      ...(words.length === 0 ? {} : line.isSet("command") ? { command: words } : { args: words }),
      ...(env.length === 0 ? {} : { env }),
      ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }),
      ...(line.text("image-pull-policy") === undefined ? {} : { imagePullPolicy: line.text("image-pull-policy") })
    }
    return yield* createOne(inv, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels: labels.length === 0 ? { run: name } : Object.fromEntries(labels) },
      spec: { containers: [container], restartPolicy: line.text("restart") ?? "Always" }
    })
  })
}
