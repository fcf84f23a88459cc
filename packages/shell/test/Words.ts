/** Runs a script of all words for time and chance, and prints what it says. A program of its own: see machine.test.ts. */
import { seeded } from "@aiopslab/shell/Chance"
import * as Shell from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

const words = [
  "echo $RANDOM $SRANDOM $SECONDS $EPOCHSECONDS $EPOCHREALTIME; date; date -d '2020-01-02 03:04' +%s; printf '%(%c %Z)T\\n' -1",
  "awk 'BEGIN { print rand(); srand(); print srand() }'; jq -nc 'now, (now | gmtime | mktime), (now | todate)'; time true",
  "touch f; touch -d '2021-02-03 04:05' g; ls -l; stat g; find . -mtime +1; tar cf - . | md5sum; gzip -c f | md5sum",
  "printf 'b\\nä\\nz\\nB\\n' | sort; printf 'a\\n1\\n2\\n3\\n' | xan shuffle; echo $$ $PPID $UID; env | sort; cat /proc/self/status"
]

const limits = {
  commands: 1000,
  loopIterations: 1000,
  outputBytes: 1_000_000,
  liveBytes: 1_000_000,
  fileBytes: 1_000_000,
  computingMillis: 60_000
}

const program = Effect.gen(function* () {
  yield* TestClock.setTime(Date.UTC(2026, 0, 1, 12))
  const { run } = yield* Shell.make({
    files: { "/home/old": "old" },
    writtenAt: Date.UTC(2025, 11, 1),
    cwd: "/home",
    env: { HOME: "/home" },
    commands: {},
    tools: "all",
    limits,
    random: seeded("1")
  })
  const { stderr, stdout } = yield* run(words.join("; "))
  process.stdout.write(`${stdout}${stderr}`)
})

await Effect.runPromise(Effect.provide(program, TestClock.layer()))
