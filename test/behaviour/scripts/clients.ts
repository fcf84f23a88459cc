/**
 * `npm run clients -w test/behaviour -- [TOPIC…]` prints where the clients of an embedded cluster print something else than those of Kind did; with
 * `--agreeing` also what both print. `--record KUBECONFIG` records from Kind instead.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Recorded from "../src/clients/Recorded.ts"
import * as Served from "../src/clients/Served.ts"
import * as Session from "../src/clients/Session.ts"
import { differences, shown } from "../src/clients/Told.ts"
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

const explore = Effect.gen(function* () {
  const kubeconfig = yield* Served.make
  const reasons = yield* accepted
  for (const script of yield* chosen) {
    const ours = yield* Session.run(script, kubeconfig)
    const verdict = judge({ ours, real: yield* Recorded.load(script.topic) }, reasons[script.topic])
    for (const difference of differences(script.topic, verdict)) yield* Console.log(`\n${difference}`)
    if (options.agreeing) {
      for (const [name, outcome] of ours) if (!verdict.open.has(name)) yield* Console.log(`\n${script.topic}: ${name}\n${shown(outcome)}`)
    }
    yield* Console.log(`\n${script.topic}: ${ours.size - verdict.open.size} of ${ours.size} agree`)
  }
})

const program = options.record === undefined ? explore : record(options.record)
NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
