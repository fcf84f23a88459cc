/**
 * A sandboxed shell: an interpreter of bash with files in memory, no host and no network. Its time is Effect's `Clock`, its chance the given
 * generator, in every program of it: the same script on the same files gives the same bytes, whatever the machine's clock says and however
 * fast the machine is.
 *
 * The interpreter is a world of promises. While it computes, the trial's time is held (where there is a `WallClock`); whatever it wants of the
 * trial (a command, `sleep`) is done by the calling fibre, outside the hold. Interrupting that fibre ends the script.
 */
import { WallClock } from "@aiopslab/core/WallClock"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CommandName } from "just-bash"
import type { Senses } from "./edge/Senses.ts"
import type { Files } from "./Files.ts"
import * as ShellFiles from "./Files.ts"
import { Wishes } from "./internal/Wishes.ts"
import { procVersion } from "./Kernel.ts"

export interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** One call of a command of the shell's owner. */
export interface Call {
  readonly argv: ReadonlyArray<string>
  readonly stdin: string
  readonly cwd: string
}

export type Command = (call: Call) => Effect.Effect<Result>

/** What one script may use up. */
export interface Limits {
  readonly commands: number
  readonly loopIterations: number
  readonly outputBytes: number
  /** Of values in memory at a time. */
  readonly liveBytes: number
  /** Of all files together. */
  readonly fileBytes: number
  /** Computing, in milliseconds of the machine's clock: the last resort, for the others end a script at the same point every time. */
  readonly computingMillis: number
}

export interface Options {
  readonly files: Readonly<Record<string, string>>
  /** When those files were written, in milliseconds since the epoch. */
  readonly writtenAt: number
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly commands: Readonly<Record<string, Command>>
  /** Done around what a script waits for: a command of `commands`, or `sleep`. Default: nothing. */
  readonly around?: <A>(wait: Effect.Effect<A>) => Effect.Effect<A>
  /** The interpreter's own programs that the shell has. */
  readonly tools: "all" | ReadonlyArray<CommandName>
  readonly limits: Limits
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export interface Shell {
  /** Directory, variables and files stay from one script to the next; scripts of one shell run one after the other. */
  readonly run: (script: string, stdin?: string) => Effect.Effect<Result>
  readonly files: Files
}

/**
 * Loops within one sed or awk. A loop that lets a text grow costs the square of this: the interpreter's own limit of 100,000 would take longer
 * than a shell may compute, and where the machine's clock ends a script depends on the machine.
 */
const toolIterations = 20_000
/** Values that one jq or yq makes. */
const queryElements = 250_000

/** But for sqlite3: its worker thread lives by the machine's clock. */
const everyTool = (names: ReadonlyArray<string>): Array<CommandName> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the interpreter gives the names of its commands as plain strings
  names.filter((name) => name !== "sqlite3") as Array<CommandName>

/** Not carried over from script to script: the interpreter's own. */
const own =
  /^(?:[^A-Za-z_].*|_|PWD|OLDPWD|SHELLOPTS|BASHOPTS|BASH.*|IFS|OPTIND|OPTARG|S?RANDOM|SECONDS|EPOCH.*|LINENO|FUNCNAME|PIPESTATUS|UID|EUID|PPID|DIRSTACK|SHLVL)$/u

const killed: Result = { stdout: "", stderr: "", exitCode: 143 }

/** Where the trial has a clock of its own it stands still during the work. */
const hold = <A>(work: Effect.Effect<A>): Effect.Effect<A> =>
  Effect.flatMap(Effect.serviceOption(WallClock), (wall) => (Option.isSome(wall) ? wall.value.hold(work) : work))

/** The interpreter is loaded by the first shell that is made: that takes a fifth of a second. */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Shell> {
  const { around = (wait) => wait, limits } = options
  const { interpreter, start } = yield* hold(Effect.promise(() => import("./edge/Interpreter.ts")))
  const { justBash, wayBack, within } = interpreter()
  let wishes = new Wishes(wayBack())
  const sensesOf = (now: () => number): Senses => {
    const senses: Senses = {
      now,
      random: options.random,
      after: (millis, callback) => wishes.alarm(now() + millis, () => within(senses, callback))
    }
    return senses
  }
  /** The body, with the time of the fibre that runs this. */
  const sensing = <A>(body: () => A): Effect.Effect<() => A> =>
    Effect.map(
      Clock.Clock,
      (clock) => () =>
        within(
          sensesOf(() => clock.currentTimeMillisUnsafe()),
          body
        )
    )

  const fs = within(
    sensesOf(() => options.writtenAt),
    () => {
      const made = new justBash.InMemoryFs({ ...options.files }, { maxTotalBytes: limits.fileBytes })
      for (const folder of ["/tmp", options.cwd]) made.mkdirSync(folder, { recursive: true })
      return made
    }
  )
  const command = (name: string, run: Command) =>
    justBash.defineCommand(name, (argv, { cwd, stdin }) =>
      wishes.ask(around(run({ argv, stdin: justBash.decodeBytesToUtf8(stdin), cwd })), killed)
    )
  const bash = (yield* sensing(() => {
    const made = new justBash.Bash({
      fs,
      cwd: options.cwd,
      env: { ...options.env },
      sleep: (millis) => wishes.ask(around(Effect.sleep(millis)), undefined),
      customCommands: Object.entries(options.commands).map(([name, run]) => command(name, run)),
      commands: options.tools === "all" ? everyTool(justBash.getCommandNames()) : [...options.tools],
      executionLimits: {
        maxCommandCount: limits.commands,
        maxLoopIterations: limits.loopIterations,
        maxOutputSize: limits.outputBytes,
        maxLiveBytes: limits.liveBytes,
        maxSedIterations: toolIterations,
        maxAwkIterations: toolIterations,
        maxQueryElements: queryElements,
        // the interpreter would measure it in the trial's time
        maxExecutionTimeMs: Infinity
      }
    })
    // the interpreter writes its own name there
    fs.writeFileSync("/proc/version", procVersion)
    return made
  }))()

  let { cwd } = options
  let variables: Record<string, string> = { ...options.env }
  const run = Effect.fnUntraced(function* (script: string, stdin = ""): Effect.fn.Return<Result> {
    const asked = (wishes = new Wishes(wayBack()))
    const stopwatch = start(limits.computingMillis)
    let result: Result | undefined
    const end = ({ exitCode, stderr, stdout }: Result): void => {
      const why = stopwatch.isUp() ? `bash: stopped after ${limits.computingMillis / 1000} s of computing\n` : ""
      result = { stdout, stderr: stderr + why, exitCode: why === "" ? exitCode : 137 }
      asked.end()
    }
    const begin = () => {
      bash.exec(script, { signal: stopwatch.signal, stdin, env: variables, replaceEnv: true, cwd, rawScript: true }).then(
        (ended) => {
          cwd = ended.env["PWD"] ?? cwd
          variables = Object.fromEntries(Object.entries(ended.env).filter(([name]) => !own.test(name)))
          return end(ended)
        },
        (error: unknown) => end({ stdout: "", stderr: `bash: ${error instanceof Error ? error.message : String(error)}\n`, exitCode: 1 })
      )
    }
    const compute = (step: () => void): Effect.Effect<void> =>
      hold(
        Effect.suspend(() => {
          stopwatch.resume()
          step()
          return Effect.map(asked.settled, stopwatch.pause)
        })
      )
    return yield* Effect.gen(function* () {
      yield* compute(yield* sensing(begin))
      for (;;) {
        if (result !== undefined) return result
        yield* compute(yield* asked.answer)
      }
    }).pipe(
      Effect.onInterrupt(() =>
        compute(() => {
          stopwatch.stop()
          asked.giveUp()
        })
      )
    )
  })

  const made = new Set(fs.getAllPaths().filter((path) => !Object.hasOwn(options.files, path)))
  return { run, files: ShellFiles.over(fs, made, (work) => hold(Effect.flatMap(sensing(work), Effect.promise))) }
})
