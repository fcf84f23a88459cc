/**
 * `npm run clients -w test/behaviour -- [TOPIC…]` prints where the clients of an embedded cluster print something else than those of Kind did; with
 * `--agreeing` also what both print. `--record KUBECONFIG` records from Kind instead.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { Outcome } from "aiopslab-test-differential/clients/Play"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Recorded from "../src/clients/Recorded.ts"
import * as Served from "../src/clients/Served.ts"
import * as Session from "../src/clients/Session.ts"
import { accepted, judge } from "../src/clients/Verdict.ts"
import * as Kind from "../src/Kind.ts"
import { provenance } from "../src/Recording.ts"

const { positionals: topics, values: options } = parseArgs({
  allowPositionals: true,
  options: { record: { type: "string" }, agreeing: { type: "boolean", default: false } }
})

const chosen = Effect.map(Recorded.scripts, (all) => all.filter(({ topic }) => topics.length === 0 || topics.includes(topic)))

const record = Effect.fnUntraced(function* (kubeconfig: string) {
  const { server } = yield* Kind.connect(kubeconfig)
  const from = yield* provenance("scripts/clients.ts", server)
  for (const script of yield* chosen) {
    const outcomes = yield* Session.run(script, kubeconfig)
    yield* Recorded.save(script.topic, from, outcomes)
    yield* Console.log(`${script.topic}: ${outcomes.size} commands`)
  }
})

const shown = (outcome: Outcome | undefined): string =>
  outcome === undefined ? "not recorded" : `(${outcome.code})\n${outcome.stdout}${outcome.stderr}`

const explore = Effect.gen(function* () {
  const kubeconfig = yield* Served.make
  const reasons = yield* accepted
  for (const script of yield* chosen) {
    const ours = yield* Session.run(script, kubeconfig)
    const { idle, open } = judge({ ours, real: yield* Recorded.load(script.topic) }, reasons[script.topic])
    for (const [name, outcome] of ours) {
      const differs = open.get(name)
      if (differs !== undefined) yield* Console.log(`\n${script.topic}: ${name}\n  ours ${shown(outcome)}\n  real ${shown(differs.real)}`)
      else if (options.agreeing) yield* Console.log(`\n${script.topic}: ${name}\n${shown(outcome)}`)
    }
    for (const name of idle) yield* Console.log(`\n${script.topic}: accepted or recorded, and is no more: ${name}`)
    yield* Console.log(`\n${script.topic}: ${ours.size - open.size} of ${ours.size} agree`)
  }
})

const program = options.record === undefined ? explore : record(options.record)
NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
