/** just-bash behind `Sandbox`; loaded when the first script needs it, since that takes a fifth of a second. */
import type { Kubectl } from "@aiopslab/kubectl/Kubectl"
import type { Files } from "@aiopslab/kubectl/Invocation"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Bash, decodeBytesToUtf8, defineCommand } from "just-bash"
import { VirtualFiles } from "./VirtualFiles.ts"

export interface ShellResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface Shell {
  readonly run: (script: string, limitMillis: number) => Effect.Effect<ShellResult, never, WallClock>
  readonly writeFile: (path: string, text: string) => Effect.Effect<void>
  readonly readFile: (path: string) => Effect.Effect<string | undefined>
}

/** Limits of one script. Memory and output first: a shell is where an agent floods. */
const limits = {
  maxCommandCount: 10_000,
  maxLoopIterations: 10_000,
  maxOutputSize: 4 * 1024 * 1024,
  maxFileSystemBytes: 64 * 1024 * 1024,
  maxLiveBytes: 128 * 1024 * 1024,
  maxExecutionTimeMs: 60_000
}

/** Something that the script wants of the trial; the fibre that runs the script does it. */
interface Wish {
  readonly fulfil: Effect.Effect<void>
}

/** Not carried over: the shell's own. */
const own =
  /^(?:[^A-Za-z_].*|_|PWD|OLDPWD|SHELLOPTS|BASHOPTS|BASH.*|IFS|OPTIND|OPTARG|RANDOM|SECONDS|EPOCH.*|LINENO|FUNCNAME|PIPESTATUS|UID|EUID|PPID|DIRSTACK|SHLVL)$/u

const randomCommand = "__random"

/** Options of jq that take one or two words. */
const jqWords: Readonly<Record<string, number>> = { "--arg": 2, "--argjson": 2, "--slurpfile": 2, "--rawfile": 2, "--indent": 1, "-L": 1 }

/** jq's `now` is the trial's: the interpreter lets nobody define it anew, so the word is replaced where it is the builtin. */
const jqArguments = (argv: ReadonlyArray<string>, seconds: number): Array<string> => {
  let at = 0
  while (argv[at]?.startsWith("-") === true) at += 1 + (jqWords[argv[at] ?? ""] ?? 0)
  return argv.map((word, index) => (index === at ? word.replaceAll(/(?<![.$\w"])now(?![\w"])/gu, String(seconds)) : word))
}

/** The interpreter's RANDOM comes from the machine; ours from the seed. Scripts that only write the word are left alone. */
const seeded = (script: string): string =>
  script
    .replace(/\$(?:RANDOM\b|\{RANDOM\})/gu, `$(${randomCommand})`)
    .replace(/\$\(\([^()]*\bRANDOM\b[^()]*\)\)/gu, (whole) => whole.replace(/\bRANDOM\b/gu, `$(${randomCommand})`))

const seedOf = (seed: string): number => {
  let hash = 7
  for (const letter of seed) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 32_749
  return hash
}

export const makeShell = (options: {
  readonly files: ReadonlyMap<string, string>
  readonly home: string
  readonly kubectl: Kubectl
  readonly namespace: string
  readonly seed: string
  readonly now: () => number
}): Shell => {
  const { home } = options
  const fs = new VirtualFiles({ [`${home}/.profile`]: "", "/tmp/.keep": "", ...Object.fromEntries(options.files) }, options.now)
  const files: Files = {
    read: (path) =>
      Effect.promise(() =>
        fs.readFile(path).then(
          (text) => text,
          () => undefined
        )
      ),
    list: (path) =>
      Effect.promise(() =>
        fs.stat(path).then(
          (stat) =>
            stat.isDirectory ? fs.readdir(path).then((names) => names.map((name) => `${path.replace(/\/$/u, "")}/${name}`)) : undefined,
          () => undefined
        )
      )
  }
  const inside = (cwd: string): Files => {
    const at = (path: string) => fs.resolvePath(cwd, path)
    const relative = (folder: string, file: string) => `${folder.replace(/\/$/u, "")}/${file.slice(file.lastIndexOf("/") + 1)}`
    return {
      read: (path) => files.read(at(path)),
      list: (path) => Effect.map(files.list(at(path)), (found) => found?.map((file) => relative(path, file)))
    }
  }

  const wishes: Array<Wish> = []
  let wake = () => {}
  const ask = <A>(effect: Effect.Effect<A>): Promise<A> =>
    new Promise((resolve) => {
      wishes.push({ fulfil: Effect.map(effect, resolve) })
      wake()
    })

  let deadline = 0
  let random = seedOf(options.seed)
  let cwd = home
  let variables: Record<string, string> = { HOME: home, USER: "agent", LANG: "C.UTF-8" }
  const bash = new Bash({
    fs,
    cwd: home,
    env: variables,
    executionLimits: limits,
    sleep: (millis) => ask(Effect.sleep(millis)),
    customCommands: [
      defineCommand("kubectl", (argv, context) =>
        ask(
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            options.kubectl.run({
              argv,
              namespace: options.namespace,
              stdin: decodeBytesToUtf8(context.stdin),
              files: inside(context.cwd),
              limitMillis: Math.max(1, deadline - now)
            })
          )
        )
      ),
      defineCommand("touch", (argv, context) => {
        const given = argv.some((arg) => /^(?:-[a-zA-Z]*[dtr]|--date|--reference)/u.test(arg))
        const now = new Date(options.now()).toISOString()
        return (
          context.origCommand?.(given ? argv : ["-d", now, ...argv]) ??
          Promise.resolve({ stdout: "", stderr: "touch: not available\n", exitCode: 1 })
        )
      }),
      // its clock and its chance would be the machine's
      defineCommand("sqlite3", () => Promise.resolve({ stdout: "", stderr: "bash: sqlite3: command not found\n", exitCode: 127 })),
      defineCommand(
        "jq",
        (argv, context) =>
          context.origCommand?.(jqArguments(argv, options.now() / 1000)) ??
          Promise.resolve({ stdout: "", stderr: "jq: not available\n", exitCode: 1 })
      ),
      defineCommand(randomCommand, () => {
        random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
        return Promise.resolve({ stdout: `${(random >> 16) & 32_767}\n`, stderr: "", exitCode: 0 })
      }),
      defineCommand("date", (argv, context) => {
        const given = argv.some((arg) => /^(?:-[a-zA-Z]*d|--date|-[a-zA-Z]*r|--reference)/u.test(arg))
        const seconds = Math.floor(options.now() / 1000)
        return (
          context.origCommand?.(given ? argv : ["-d", `@${seconds}`, ...argv]) ??
          Promise.resolve({ stdout: "", stderr: "date: not available\n", exitCode: 1 })
        )
      })
    ]
  })
  // the interpreter writes its own name there
  fs.writeFileSync("/proc/version", "Linux version 6.8.0-85-generic (buildd@lcy02-amd64-080) #85-Ubuntu SMP PREEMPT_DYNAMIC\n")

  const run = Effect.fnUntraced(function* (script: string, limitMillis: number): Effect.fn.Return<ShellResult, never, WallClock> {
    const wall = yield* WallClock
    deadline = (yield* Clock.currentTimeMillis) + limitMillis
    const controller = new AbortController()
    let ended: ShellResult | undefined
    const end = ({ exitCode, stderr, stdout }: ShellResult, env: Readonly<Record<string, string>>): void => {
      if (env["PWD"] !== undefined) {
        cwd = env["PWD"]
        variables = Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)))
      }
      ended = { stdout, stderr, exitCode }
      wake()
    }
    const start = () => {
      wishes.length = 0
      bash.exec(seeded(script), { signal: controller.signal, env: variables, replaceEnv: true, cwd, rawScript: true }).then(
        (result) => end(result, result.env),
        (error: unknown) =>
          end({ stdout: "", stderr: `bash: ${error instanceof Error ? error.message : String(error)}\n`, exitCode: 1 }, {})
      )
    }
    const computed = Effect.callback<void>((resume) => {
      wake = () => {
        if (wishes.length > 0 || ended !== undefined) resume(Effect.void)
      }
      wake()
      return Effect.sync(() => {
        wake = () => {}
      })
    })
    return yield* Effect.gen(function* () {
      yield* wall.hold(Effect.andThen(Effect.sync(start), computed))
      for (;;) {
        const wish = wishes.shift()
        if (wish !== undefined) yield* wish.fulfil
        else if (ended !== undefined) return ended
        yield* wall.hold(computed)
      }
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => controller.abort())))
  })

  return {
    run,
    writeFile: (path, text) => Effect.promise(() => fs.writeFile(path, text)),
    readFile: files.read
  }
}
