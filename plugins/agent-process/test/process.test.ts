import type { AgentSession } from "@aiopslab/core/Agent"
import type { LabError } from "@aiopslab/core/LabError"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as fs from "node:fs"
import { agent, plugin } from "../src/index.ts"
import { pythonFolder } from "../src/Shim.ts"
import { alive, answering, context, program, scratch, wall, world } from "./World.ts"

const trial = { seed: "0", namespace: "shop" }

const session = (command: ReadonlyArray<string>) => agent.start({ command }, trial)

/** Starts, inits, asks once. */
const once = (command: ReadonlyArray<string>, state = "begin") =>
  Effect.gen(function* () {
    const { getAction, init } = yield* session(command)
    yield* init(context)
    return yield* getAction(state)
  }).pipe(Effect.scoped, Effect.provide(world))

const failing = (command: ReadonlyArray<string>) => Effect.map(Effect.flip(once(command)), (error: LabError) => error.text)

describe("the agent process", () => {
  it.live("is offered by the plugin", () => Effect.sync(() => assert.deepStrictEqual(plugin.components, [agent])))

  it.live("answers what it is told, with its usage", () =>
    Effect.gen(function* () {
      const answer = yield* once(
        answering("send({ type: 'action', text: request.state.toUpperCase(), usage: { inputTokens: 3, outputTokens: 1 } })"),
        "what now?\né"
      )
      assert.deepStrictEqual(answer, { text: "WHAT NOW?\nÉ", usage: { inputTokens: 3, outputTokens: 1 } })
    })
  )

  it.live("keeps its state from one turn and one task to the next", () =>
    Effect.gen(function* () {
      const { getAction, init } = yield* session(answering("send({ type: 'action', text: String(turn) })"))
      const seen: Array<string> = []
      for (let task = 0; task < 2; task++) {
        yield* init(context)
        for (let turn = 0; turn < 2; turn++) seen.push((yield* getAction("")).text)
      }
      assert.deepStrictEqual(seen, ["1", "2", "3", "4"])
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live("is told a long state whole", () =>
    Effect.gen(function* () {
      const answer = yield* once(answering("send({ type: 'action', text: String(request.state.length) })"), "x".repeat(300_000))
      assert.strictEqual(answer.text, "300000")
    })
  )

  it.live("may print what is no line of the protocol", () =>
    Effect.gen(function* () {
      const answer = yield* once(
        answering("send('thinking…'); send('{'); send({ type: 'other' }); send(''); send({ type: 'action', text: 'x' })")
      )
      assert.strictEqual(answer.text, "x")
    })
  )

  it.live("that writes before it is asked is not heard", () =>
    Effect.gen(function* () {
      const answered = yield* scratch("go")
      const { getAction, init } = yield* session(
        answering(
          `send({ type: 'action', text: 'second' })`,
          `import { writeFileSync } from "node:fs"
          process.stdout.write(JSON.stringify({ type: "action", text: "first" }) + "\\n", () => writeFileSync(${JSON.stringify(answered)}, ""))`
        )
      )
      while (!fs.existsSync(answered)) yield* Effect.sleep(5)
      yield* Effect.sleep(50)
      yield* init(context)
      assert.strictEqual((yield* getAction("")).text, "second")
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live("that is not there fails with its name", () =>
    Effect.gen(function* () {
      assert.match(yield* failing(["no-such-program-at-all"]), /"no-such-program-at-all" cannot be started/)
    })
  )

  it.live("that crashes fails with its exit code and the end of its stderr", () =>
    Effect.gen(function* () {
      assert.match(
        yield* failing(answering("console.error('boom at last'); process.exit(7)")),
        /ended with exit code 7; its stderr ends with: boom at last/
      )
    })
  )

  it.live("that exits at once fails", () =>
    Effect.gen(function* () {
      assert.match(yield* failing([process.execPath, "-e", "0"]), /ended with exit code 0/)
    })
  )

  it.live("that answers and exits is heard", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* once(answering("send({ type: 'action', text: 'last words' }); process.exit(0)"))).text, "last words")
    })
  )

  it.live("that gives up says why", () =>
    Effect.gen(function* () {
      assert.match(yield* failing(answering("send({ type: 'error', message: 'no key' })")), /gave up: no key/)
    })
  )

  it.live("that answers with the wrong type fails", () =>
    Effect.gen(function* () {
      assert.match(yield* failing(answering("send({ type: 'ready' })")), /answered with "ready" where "action" was expected/)
    })
  )

  it.live("that babbles fails after a thousand lines", () =>
    Effect.gen(function* () {
      assert.match(
        yield* failing(answering("for (let i = 0; i < 2000; i++) send('bla ' + i)")),
        /more than 1000 lines that are not of the protocol/
      )
    })
  )

  it.live("that writes a line without end fails", () =>
    Effect.gen(function* () {
      assert.match(yield* failing(answering("process.stdout.write('x'.repeat(3_000_000))")), /a line of more than 1048576 bytes/)
    })
  )

  it.live("that floods without being asked is stopped, in bounded memory", () =>
    Effect.gen(function* () {
      const { getAction, init } = yield* session(
        program(`
        const flood = () => { while (process.stdout.write("y".repeat(65536) + "\\n")); process.stdout.once("drain", flood) }
        flood()`)
      )
      const before = process.memoryUsage().rss
      yield* Effect.sleep(300)
      const error = yield* Effect.flip(Effect.andThen(init(context), getAction("")))
      assert.match(error.text, /more than 8388608 bytes without an answer/)
      assert.isBelow(process.memoryUsage().rss - before, 128 * 1024 * 1024)
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live("that floods stderr is heard all the same", () =>
    Effect.gen(function* () {
      const answer = yield* once(answering("process.stderr.write('e'.repeat(5_000_000), () => send({ type: 'action', text: 'x' }))"))
      assert.strictEqual(answer.text, "x")
    })
  )

  it.live("that closes its input and stays is left to the turn limit", () =>
    Effect.gen(function* () {
      const { init } = yield* session(program("process.stdin.destroy(); setInterval(() => {}, 1000)"))
      assert.isTrue(Option.isNone(yield* wall.within(300)(init(context))))
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live(
    "that hangs is killed with its children, however deaf they are",
    () =>
      Effect.gen(function* () {
        const pids = yield* scratch("pids")
        const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
        const command = answering(
          "",
          `
        import { spawn } from "node:child_process"
        import { writeFileSync } from "node:fs"
        process.on("SIGTERM", () => {})
        const child = spawn(process.execPath, ["-e", ${JSON.stringify(deaf)}], { stdio: "ignore" })
        writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid)
        setInterval(() => {}, 1000)`
        )
        const hung = yield* Effect.gen(function* () {
          const { getAction, init }: AgentSession = yield* session(command)
          yield* init(context)
          return yield* wall.within(300)(getAction(""))
        }).pipe(Effect.scoped, Effect.provide(world))
        assert.isTrue(Option.isNone(hung))
        const [parent = 0, child = 0] = fs.readFileSync(pids, "utf8").split(" ").map(Number)
        assert.isTrue(parent > 0 && child > 0)
        assert.deepStrictEqual([alive(parent), alive(child)], [false, false])
      }).pipe(Effect.scoped),
    20_000
  )

  it.live("that ends when its input does is not killed", () =>
    Effect.gen(function* () {
      const note = yield* scratch("note")
      yield* once(
        answering(
          "send({ type: 'action', text: 'x' })",
          `
        import { writeFileSync } from "node:fs"
        process.stdin.once("end", () => writeFileSync(${JSON.stringify(note)}, "ended by itself"))`
        )
      )
      assert.strictEqual(fs.readFileSync(note, "utf8"), "ended by itself")
    }).pipe(Effect.scoped)
  )

  /** What the program prints of itself. */
  const told = (expression: string, config: object) =>
    Effect.gen(function* () {
      const { getAction, init } = yield* agent.start(
        { command: answering(`send({ type: 'action', text: JSON.stringify(${expression}) })`, 'import * as fs from "node:fs"'), ...config },
        trial
      )
      yield* init(context)
      return JSON.parse((yield* getAction("")).text)
    }).pipe(Effect.scoped, Effect.provide(world))

  it.live("gets a clean environment: what every program needs, and what it is configured with", () =>
    Effect.gen(function* () {
      const environment = ConfigProvider.fromUnknown({
        PATH: "/bin",
        HOME: "/home/me",
        LANG: "C",
        TERM: "dumb",
        TOKEN: "secret",
        KEY: "key"
      })
      const seen = yield* told("process.env", { env: { COLOUR: "red" }, pass: ["KEY", "MISSING"] }).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, environment)
      )
      const { PYTHONPATH, ...rest } = seen
      assert.include(PYTHONPATH, pythonFolder)
      assert.deepStrictEqual(rest, {
        PATH: "/bin",
        HOME: "/home/me",
        LANG: "C",
        TERM: "dumb",
        KEY: "key",
        COLOUR: "red",
        PYTHONUNBUFFERED: "1",
        PYTHONDONTWRITEBYTECODE: "1"
      })
    })
  )

  it.live("runs in an empty folder of its own, which goes with it", () =>
    Effect.gen(function* () {
      const { cwd, files } = yield* told("{ cwd: process.cwd(), files: fs.readdirSync('.') }", {})
      assert.notStrictEqual(cwd, process.cwd())
      assert.deepStrictEqual(files, [])
      assert.isFalse(fs.existsSync(cwd))
    })
  )

  it.live("is found where the command was typed", () =>
    Effect.gen(function* () {
      const file = yield* scratch("agent.mjs")
      fs.writeFileSync(file, answering("send({ type: 'action', text: process.argv.slice(2).join(' ') })").at(-1) ?? "")
      const before = process.cwd()
      yield* Effect.acquireRelease(
        Effect.sync(() => process.chdir(file.slice(0, file.lastIndexOf("/")))),
        () => Effect.sync(() => process.chdir(before))
      )
      assert.strictEqual((yield* once([process.execPath, "agent.mjs", "agent.mjs", "x"])).text, `${fs.realpathSync(file)} x`)
    }).pipe(Effect.scoped)
  )

  it.live("gets the environment and the folder it is configured with", () =>
    Effect.gen(function* () {
      const { getAction, init } = yield* agent.start(
        { command: answering("send({ type: 'action', text: process.env.COLOUR + process.cwd() })"), env: { COLOUR: "red" }, cwd: "/" },
        trial
      )
      yield* init(context)
      assert.strictEqual((yield* getAction("")).text, "red/")
    }).pipe(Effect.scoped, Effect.provide(world))
  )
})
