/** A script's command lines on a cluster with controllers and kubelets, as its clients print them. */
import { type Outcome, play } from "aiopslab-test-differential/clients/Play"
import type { Script } from "aiopslab-test-differential/clients/Script"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse, stringify } from "yaml"
import * as Printed from "./Printed.ts"

const Kubeconfig = Schema.Struct({
  clusters: Schema.NonEmptyArray(Schema.Struct({ name: Schema.String })),
  contexts: Schema.NonEmptyArray(Schema.Struct({ name: Schema.String, context: Schema.Record(Schema.String, Schema.Unknown) }))
})

const Rest = Schema.Record(Schema.String, Schema.Unknown)

const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const parsed: unknown = parse(yield* fs.readFileString(file))
  const rest = yield* Schema.decodeUnknownEffect(Rest)(parsed)
  const {
    clusters: [cluster],
    contexts: [{ context, name }]
  } = yield* Schema.decodeUnknownEffect(Kubeconfig)(parsed)
  return {
    // Kind names its nodes after the cluster, ours are those of a cluster `kind`
    nodes: /^kind-(.*)/u.exec(cluster.name)?.[1] ?? "kind",
    within: (namespace: string) => stringify({ ...rest, contexts: [{ name, context: { ...context, namespace } }] })
  }
})

/** By the command's name. The script's namespace is gone afterwards. */
export const run = Effect.fnUntraced(function* (script: Script, kubeconfig: string) {
  const { nodes, within } = yield* read(kubeconfig)
  const away = { name: "", line: `kubectl delete namespace ${script.topic} --ignore-not-found` }
  const there: Script = {
    ...script,
    commands: [...script.commands, away].map(({ line, name }) => ({ name, line: Printed.nodes(line, "kind", nodes) }))
  }
  const outcomes = yield* play(there, { name: "real", kubeconfig: within })
  const left = outcomes.at(-1)
  if (left?.code !== 0) return yield* Effect.die(new Error(`${away.line}: ${left?.stderr ?? "never ran"}`))
  const said = (text: string): string => Printed.normal(Printed.nodes(text, nodes, "kind"))
  return new Map<string, Outcome>(
    outcomes
      .slice(0, -1)
      .map(({ code, stderr, stdout }, i) => [script.commands[i]?.name ?? "", { code, stdout: said(stdout), stderr: said(stderr) }])
  )
})
