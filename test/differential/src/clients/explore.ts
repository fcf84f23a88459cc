/**
 * Prints where clients see a difference: `npm run clients -w test/differential -- --topic apply --command diff`, with `--agreeing` also what both print. `--topic` and `--command` are
 * regular expressions; a script is always played whole.
 */
import * as WallClockLive from "@aiopslab/runtime/time/WallClockLive"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { parseArgs } from "node:util"
import { compare as compareKubectl } from "../kubectl/Compared.ts"
import { compare } from "./Compared.ts"
import type { SuiteName } from "./Listed.ts"
import type { Outcome } from "./Play.ts"
import { readAll, type Script } from "./Script.ts"

const { values: options } = parseArgs({
  options: {
    suite: { type: "string", default: "clients" },
    topic: { type: "string", default: "" },
    command: { type: "string", default: "" },
    agreeing: { type: "boolean", default: false }
  }
})

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const lines = ({ code, stderr, stdout }: Outcome): ReadonlyArray<string> => [
  ...stdout.split("\n"),
  ...stderr.split("\n").map((line) => `stderr: ${line}`),
  `exit ${code}`
]

/** Without what both print. */
const show = (mine: ReadonlyArray<string>, theirs: ReadonlyArray<string>): void => {
  const [ours, real] = [mine.filter((line) => !theirs.includes(line)), theirs.filter((line) => !mine.includes(line))]
  // the same lines in another order
  const from = ours.length + real.length === 0 ? mine.findIndex((line, index) => line !== theirs[index]) : undefined
  for (const line of from === undefined ? ours.slice(0, 40) : mine.slice(from, from + 20)) say(`  ours ${line}`)
  for (const line of from === undefined ? real.slice(0, 40) : theirs.slice(from, from + 20)) say(`  real ${line}`)
}

const compared = (suite: SuiteName, scripts: ReadonlyArray<Script>) =>
  Stream.unwrap(
    Effect.sync(() =>
      suite === "clients"
        ? Stream.map(compare(scripts), (one) => ({ ...one, beyond: undefined as string | undefined }))
        : compareKubectl(scripts)
    )
  ).pipe(Stream.filter(({ beyond }) => beyond === undefined))

const program = Effect.gen(function* () {
  const [topic, command] = [new RegExp(options.topic), new RegExp(options.command)]
  const scripts = (yield* readAll).filter((script) => topic.test(script.topic))
  const counts = yield* compared(options.suite === "kubectl" ? "kubectl" : "clients", scripts).pipe(
    Stream.filter((one) => command.test(one.command.line)),
    Stream.tap(({ agrees, command, ours, real, topic }) =>
      Effect.sync(() => {
        if (agrees && !options.agreeing) return
        say(`\n${topic} $ ${command.name}`)
        if (agrees) for (const line of lines(real)) say(`  both ${line}`)
        else show(lines(ours), lines(real))
      })
    ),
    Stream.runFold(
      () => ({ agreed: 0, all: 0 }),
      ({ agreed, all }, { agrees }) => ({ agreed: agreed + (agrees ? 1 : 0), all: all + 1 })
    )
  )
  say(`\n${counts.agreed} of ${counts.all} commands agree`)
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide([NodeServices.layer, WallClockLive.layer])))
