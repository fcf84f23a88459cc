/**
 * kubectl in process, over the port `KubeApi`: the arguments, outputs, messages and exit codes of kubectl 1.34 without a process, a socket or a
 * kubeconfig. Times (`AGE`, `--timeout`, `--since`) are those of Effect's `Clock`.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandLine, globalFlags, parse } from "./CommandLine.ts"
import { type Directory, directory } from "./Discovery.ts"
import { Failure, failure, problemText } from "./Failure.ts"
import { type Files, type Invocation, noFiles, type Problem, type Verb } from "./Invocation.ts"
import { families, refused, verbs } from "./Verbs.ts"
import { helpText } from "./Help.ts"
import * as RequestTimeout from "./RequestTimeout.ts"
import { nearest } from "./Suggestion.ts"

export interface KubectlOptions {
  /** Without the program's name: `["get", "pods"]`. */
  readonly argv: ReadonlyArray<string>
  /** The namespace of the current context. */
  readonly namespace: string
  readonly stdin?: string
  readonly files?: Files
  /** Stops a command that has not ended by then, on Effect's clock; what it has printed is kept. Default: no limit. */
  readonly limitMillis?: number
}

export interface KubectlResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** kubectl as one identity, with its own discovery cache. */
export interface Kubectl {
  readonly run: (options: KubectlOptions) => Effect.Effect<KubectlResult>
}

interface Chosen {
  readonly command: string
  readonly verb: Verb
  readonly argv: ReadonlyArray<string>
}

const ended = (stderr: string, exitCode: number, stdout = ""): KubectlResult => ({ stdout, stderr, exitCode })

/** Finds the verb behind global flags, and of a family its member. */
const choose = (argv: ReadonlyArray<string>): Result.Result<Chosen, KubectlResult> => {
  const outer = parse("kubectl", globalFlags, argv, { stopAtPositional: true })
  if (Result.isFailure(outer)) return Result.fail(ended(`${outer.failure.text}\n`, 1))
  const [name] = outer.success.positional
  if (name === undefined) return Result.fail(ended("", 0, helpText(undefined)))
  const before = argv.slice(0, argv.indexOf(name))
  const after = outer.success.rest ?? []
  const hint = refused[name]
  if (hint !== undefined) return Result.fail(ended(`error: ${hint}\n`, 1))
  const verb = verbs[name]
  if (verb !== undefined) {
    const member = verb.member?.(after.filter((word) => !word.startsWith("-")))
    return Result.succeed({
      command: member === undefined ? `kubectl ${name}` : `kubectl ${name} ${member}`,
      verb,
      argv: [...before, ...after]
    })
  }
  const family = families[name]
  if (family === undefined) {
    const similar = nearest(name)
    const suggestion = similar.length === 0 ? "" : `\nDid you mean this?\n${similar.map((one) => `\t${one}\n`).join("")}`
    return Result.fail(ended(`error: unknown command ${JSON.stringify(name)} for "kubectl"\n${suggestion}`, 1))
  }
  const at = after.findIndex((word) => !word.startsWith("-"))
  const member = at < 0 ? undefined : after[at]
  if (member === undefined) return Result.fail(ended(helpText(name), 1))
  const inner = family.verbs[member]
  if (inner === undefined)
    return Result.fail(ended(`error: unknown command ${JSON.stringify(member)}\nSee 'kubectl ${name} -h' for help and examples\n`, 1))
  return Result.succeed({
    command: `kubectl ${name} ${member}`,
    verb: inner,
    argv: [...before, ...after.slice(0, at), ...after.slice(at + 1)]
  })
}

/** Flags that would lead to another cluster or another identity; the user of a role binding is whom it binds. */
const elsewhere = (line: CommandLine, command: string): Failure | undefined => {
  const context = line.text("context")
  if (context !== undefined)
    return new Failure({ text: `Error in configuration: context was not found for specified context: ${context}`, exitCode: 1 })
  const file = line.text("kubeconfig")
  if (file !== undefined) return failure(`stat ${file}: no such file or directory`)
  const other = ["server", "token", "user", "cluster", "as", "as-group", "as-uid", "as-user-extra"].find(
    (flag) => line.has(flag) && !(flag === "user" && /^kubectl create (?:cluster)?rolebinding$/u.test(command))
  )
  return other === undefined ? undefined : failure(`--${other} is not available here: the cluster and the user are given`)
}

/** Asks the server for its resources as needed, and keeps the answers. */
export const make = (api: KubeApi): Effect.Effect<Kubectl> =>
  Effect.map(directory(api), (resources) => ({ run: (options) => invoke(api, options, resources) }))

/** One run with nothing kept. */
export const run = (api: KubeApi, options: KubectlOptions): Effect.Effect<KubectlResult> =>
  Effect.flatMap(make(api), (kubectl) => kubectl.run(options))

/** The manager of what no verb of its own sets. */
const userAgent = "kubectl/v1.34.4"

/** The API as kubectl, telling the server's warnings, each once. */
const telling = (api: KubeApi, tell: (text: string) => void): KubeApi => {
  const told = new Set<string>()
  const warn = ({ warnings = [] }: { readonly warnings?: ReadonlyArray<string> }) =>
    Effect.sync(() => {
      for (const text of warnings) {
        if (!told.has(text)) tell(text)
        told.add(text)
      }
    })
  return { ...api, request: (request) => Effect.tapError(Effect.tap(api.request({ userAgent, ...request }), warn), warn) }
}

const invoke = Effect.fnUntraced(function* (api: KubeApi, options: KubectlOptions, resources: Directory): Effect.fn.Return<KubectlResult> {
  const chosen = choose(options.argv)
  if (Result.isFailure(chosen)) return chosen.failure
  const { argv, command, verb } = chosen.success
  const line = parse(command, { ...globalFlags, ...verb.flags }, argv)
  if (Result.isFailure(line)) return ended(`${line.failure.text}\n`, 1)
  if (line.success.isSet("help")) return ended("", 0, helpText(command.slice("kubectl ".length)))
  const forbidden = elsewhere(line.success, command)
  if (forbidden !== undefined) return ended(`${forbidden.text}\n`, forbidden.exitCode)
  const timeout = RequestTimeout.of(command, line.success)
  if (Result.isFailure(timeout)) return ended(`${timeout.failure.text}\n`, timeout.failure.exitCode)
  const stdout: Array<string> = []
  const stderr: Array<string> = []
  const inv: Invocation = {
    api: telling(RequestTimeout.within(api, timeout.success), (text) => void stderr.push(`Warning: ${text}\n`)),
    requestMillis: timeout.success,
    command,
    directory: resources,
    line: line.success,
    stdin: options.stdin ?? "",
    files: options.files ?? noFiles,
    namespace: line.success.text("namespace") || options.namespace,
    out: (text) => void stdout.push(text),
    hasPrinted: () => stdout.length > 0,
    err: (text) => void stderr.push(text)
  }
  const work = verb.run(inv).pipe(
    Effect.catch((problem: Problem) => {
      inv.err(`${problemText(problem)}\n`)
      return Effect.succeed(problem._tag === "KubectlFailure" ? problem.exitCode : 1)
    })
  )
  const limit = options.limitMillis
  const exitCode =
    limit === undefined
      ? yield* work
      : yield* Effect.timeoutOrElse(work, {
          duration: limit,
          orElse: () => {
            inv.err(`${command} did not end within ${limit / 1000} s and was stopped.\n`)
            return Effect.succeed(124)
          }
        })
  return { stdout: stdout.join(""), stderr: stderr.join(""), exitCode }
})
