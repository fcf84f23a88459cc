import type { Options } from "@aiopslab/shell/Shell"
import * as Shell from "@aiopslab/shell/Shell"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"

const began = Date.UTC(2026, 0, 1, 12)

const limits = {
  commands: 10_000,
  loopIterations: 10_000,
  outputBytes: 1_000_000,
  liveBytes: 128 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  computingMillis: 10_000
}

/** A generator that anybody can follow: 0, 0.1 … 0.9 and again. */
const counting = () => {
  let count = 0
  return () => (count++ % 10) / 10
}

const shell = (options: Partial<Options> = {}) =>
  Shell.make({
    files: { "/home/old": "old\n" },
    writtenAt: began - 3_600_000,
    cwd: "/home",
    env: { HOME: "/home" },
    commands: { "wait-long": () => Effect.as(Effect.sleep("1 hour"), { stdout: "done\n", stderr: "", exitCode: 0 }) },
    tools: "all",
    limits,
    random: counting(),
    ...options
  })

/** Runs to the end, however long that is on the test's clock. */
const elapse = <A>(work: Effect.Effect<A>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(work)
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust(100)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    return yield* Fiber.join(fiber)
  })

const output = ({ stderr, stdout }: Shell.Result) => stdout + stderr

const said = (script: string, options: Partial<Options> = {}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(began)
    const { run } = yield* shell(options)
    return output(yield* elapse(run(script)))
  })

describe("time and chance", () => {
  const table: ReadonlyArray<readonly [script: string, says: string]> = [
    ["date -u +%FT%T%z", "2026-01-01T12:00:00+0000\n"],
    ["date -d yesterday +%F; date -d '2020-01-02 03:04' +%s", "2025-12-31\n1577934240\n"],
    ["sleep 90; date +%T; sleep 5m; date +%T", "12:01:30\n12:06:30\n"],
    ["echo $RANDOM ${RANDOM} $((RANDOM * 10)); (( x = RANDOM )); echo $x; echo '$RANDOM'", "0 3276 65530\n9830\n$RANDOM\n"],
    ["printf '%(%F %T)T|%(%s)T\\n' -1 -1", "2026-01-01 12:00:00|1767268800\n"],
    ["sleep 2.6; echo $SECONDS $EPOCHSECONDS $EPOCHREALTIME; set -u; echo $SRANDOM", "2 1767268802 1767268802.600000\n0\n"],
    ["awk 'BEGIN { print rand(), rand(); srand(); print srand() }'", "0 0.1\n1767268800000\n"],
    ["jq -nc --arg now x '[now, $now, {now: 1}, \"now\"]'", '[1767268800,"x",{"now":1},"now"]\n'],
    ["date() { echo mine; }; date; echo 'date now $RANDOM'", "mine\ndate now $RANDOM\n"],
    [
      "touch new; mkdir d; ls -l old | cut -c14-; ls -ld new d | cut -c14-",
      "user user     4 Jan  1 11:00 old\nuser user     0 Jan  1 12:00 new\n\nuser user     0 Jan  1 12:00 d/\n"
    ],
    [
      "touch -d '2025-12-30 12:00' older; find . -type f -mtime -1; find . -mtime +1; touch new; find . -newer old -type f",
      "./old\n./older\n./new\n"
    ],
    ["find . -mmin -5; find . -newermt 2020-01-01", "find: unknown predicate '-mmin'\nfind: unknown predicate '-newermt'\n"],
    ["touch -d '2020-01-02 03:04' old; stat old | grep Modify", "Modify: 2020-01-02T03:04:00.000Z\n"],
    ["tar cf t.tar old && tar tvf t.tar | cut -c31-; md5sum t.tar", " Jan  1 11:00 old\nc6107c2647dc21d47cda5c2761f015c0  t.tar\n"],
    ["time sleep 5", "\nreal\t0m5.000s\nuser\t0m0.000s\nsys\t0m0.000s\n"],
    ["printf 'b\\na_\\nB\\na\\nä\\n' | sort | tr '\\n' ' '; touch b B _; ls", "B a a_ b ä B\n_\nb\nold\n"],
    ['jq -nc \'["b", "B", "_"] | sort\'', '["B","_","b"]\n'],
    ["seq 3 | sort -R; sqlite3 x 'select random()'", "sort: invalid option -- 'R'\nbash: sqlite3: command not found\n"],
    ["timeout 5 sleep 10; echo $? $SECONDS; timeout 5 sleep 3; echo $? $SECONDS", "124 5\n0 8\n"],
    ["timeout 20 sh -c 'timeout 5 sleep 10; sleep 3; echo in'; echo $SECONDS; timeout 2 wait-long; echo $?", "in\n8\n124\n"]
  ]
  for (const [script, says] of table) {
    it.effect(script, () => Effect.map(said(script), (text) => assert.strictEqual(text, says)))
  }

  it.effect("are in every program the interpreter has", () =>
    Effect.map(
      said(
        "for program in $(ls /bin); do $program --help 2>&1 | grep -e 'another than we know' -e 'not a function'; done; ls /bin | wc -l"
      ),
      (text) => assert.match(text, /^ *\d{2}\n$/u)
    )
  )

  it.effect("are the machine's for whoever else has just-bash in the process", () =>
    Effect.gen(function* () {
      const before = Date.now()
      const { run } = yield* shell()
      const theirs = yield* Effect.promise(() => import("just-bash").then(({ Bash }) => new Bash().exec("date +%s000")))
      assert.isAtLeast(Number(theirs.stdout), before - 1000)
      assert.strictEqual(output(yield* run("date +%s")), "0\n")
      assert.isAtLeast(Date.now(), before)
    })
  )

  it.effect("are each script's own where scripts interleave and nest", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(began)
      const inner = yield* shell({ random: () => 0.5 })
      const outer = yield* shell({ random: () => 0.25, commands: { inner: () => inner.run("sleep 1; echo in $RANDOM $SECONDS; sleep 1") } })
      const other = yield* shell({ random: () => 0.75 })
      const script = "echo $RANDOM; inner; echo $RANDOM $SECONDS"
      const [nested, beside] = yield* elapse(
        Effect.all([outer.run(script), other.run("for i in 1 2 3; do echo $RANDOM $SECONDS; sleep 1; done")], { concurrency: "unbounded" })
      )
      assert.strictEqual(nested.stdout, "8192\nin 16384 1\n8192 2\n")
      assert.strictEqual(beside.stdout, "24576 0\n24576 1\n24576 2\n")
    })
  )
})

describe("a script", () => {
  it.effect.each([
    { script: "sed ':a;s/^/x/;ta' <<< a", who: "sed" },
    { script: "awk 'BEGIN { while (1) { x = x \"a\"; y = substr(x, 2) } }'", who: "awk" },
    { script: "jq -n '[limit(1000000000; repeat(1))] | length'", who: "jq" },
    { script: "while :; do :; done", who: "bash" }
  ])(
    "that runs away is ended by a count, long before the machine's clock: $script",
    ({ script, who }) =>
      Effect.gen(function* () {
        const { run } = yield* shell({ limits: { ...limits, computingMillis: 8_000 } })
        const { exitCode, stderr } = yield* run(script)
        assert.notStrictEqual(exitCode, 0)
        assert.match(stderr, new RegExp(`^${who}: .*(?:limit|maximum|too many)`, "iu"))
        assert.notInclude(stderr, "of computing")
      }),
    30_000
  )

  it.effect("that computes without end is ended by the machine's clock", () =>
    Effect.gen(function* () {
      const spin = "for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do awk 'BEGIN { while (i++ < 99999) x = x + i }'; done; done"
      const { run } = yield* shell({ limits: { ...limits, computingMillis: 200 } })
      const result = yield* run(`echo begun; ${spin}`)
      assert.strictEqual(result.exitCode, 137)
      assert.match(result.stderr, /bash: stopped after 0\.2 s of computing\n$/u)
      assert.strictEqual(output(yield* run("echo alive")), "alive\n")
    })
  )

  it.effect("may wait for longer than it may compute", () =>
    Effect.gen(function* () {
      const slow = Effect.promise<Shell.Result>(
        () => new Promise((resolve) => setTimeout(() => resolve({ stdout: "slow\n", stderr: "", exitCode: 0 }), 400))
      )
      const { run } = yield* shell({ limits: { ...limits, computingMillis: 300 }, commands: { slow: () => slow } })
      assert.strictEqual(output(yield* run("slow; slow; echo done")), "slow\nslow\ndone\n")
    })
  )

  it.effect("ends when its fibre is interrupted, before the interruption is over", () =>
    Effect.gen(function* () {
      const { files, run } = yield* shell()
      const fiber = yield* Effect.forkChild(run("echo a > f; sleep 10; echo b > f"), { startImmediately: true })
      yield* TestClock.adjust(1000)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* files.read("/home/f"), "a\n")
      assert.strictEqual(output(yield* run("cat f; date +%s")), "a\n1\n")
    })
  )

  it.effect("leaves directory, variables and files to the next", () =>
    Effect.gen(function* () {
      const { files, run } = yield* shell()
      yield* run("mkdir d && cd d && export A=1 && B=two && echo kept > f")
      assert.strictEqual(output(yield* run("pwd; echo $A $B; cat f -", "in\n")), "/home/d\n1 two\nkept\nin\n")
      assert.deepStrictEqual(Object.entries(yield* files.all), [
        ["/home/old", "old\n"],
        ["/home/d/f", "kept\n"]
      ])
      assert.deepStrictEqual(yield* files.list("/home"), ["/home/d", "/home/old"])
    })
  )
})
