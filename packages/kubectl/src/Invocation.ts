/** One run of kubectl: what its verbs may use. */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import type { CommandLine, Flags } from "./CommandLine.ts"
import { alsoMeant, type ApiResource, type Directory } from "./Discovery.ts"
export type { Problem } from "./Failure.ts"
import { failure, type Problem, problemsText } from "./Failure.ts"

/** The file system that `-f` reads. */
export interface Files {
  /** Undefined when there is no such file. */
  readonly read: (path: string) => Effect.Effect<string | undefined>
  /** The paths of a folder's files in order, or undefined when it is none. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string> | undefined>
}

export const noFiles: Files = { read: () => Effect.succeed(undefined), list: () => Effect.succeed(undefined) }

export interface Invocation {
  readonly api: KubeApi
  /** How long a request may take; 0: as long as it takes. The API heeds it, but for watches. */
  readonly requestMillis: number
  /** `kubectl get`: the command in messages. */
  readonly command: string
  readonly line: CommandLine
  readonly stdin: string
  readonly files: Files
  /** Of `-n`, else the caller's default. */
  readonly namespace: string
  readonly directory: Directory
  readonly out: (text: string) => void
  /** Whether something is on stdout. */
  readonly hasPrinted: () => boolean
  readonly err: (text: string) => void
}

/** Ends with kubectl's exit code. */
export interface Verb {
  readonly flags: Flags
  /** What the words behind the verb make of its name in messages: `create configmap`. */
  readonly member?: (words: ReadonlyArray<string>) => string | undefined
  readonly run: (inv: Invocation) => Effect.Effect<number, Problem>
}

/** A family of verbs: `rollout restart`. */
export interface Family {
  readonly verbs: Readonly<Record<string, Verb>>
}

/** Prints problems as kubectl does at the end of a run that went on after failures. 1 when there were any. */
export const reportAll = (inv: Invocation, problems: ReadonlyArray<Problem>): number => {
  if (problems.length > 0) inv.err(problemsText(problems))
  return problems.length === 0 ? 0 : 1
}

/** The resource of this name; warns where a short name has two meanings. */
export const find = Effect.fnUntraced(function* (inv: Invocation, name: string): Effect.fn.Return<ApiResource | undefined, Problem> {
  const found = yield* inv.directory.find(name)
  if (found !== undefined)
    for (const other of alsoMeant(name))
      inv.err(`Warning: short name ${JSON.stringify(name)} could also match lower priority resource ${other}\n`)
  return found
})

/** The resource of this name; fails as kubectl does when there is none. */
export const resourceNamed = Effect.fnUntraced(function* (inv: Invocation, name: string): Effect.fn.Return<ApiResource, Problem> {
  const found = yield* find(inv, name)
  if (found !== undefined) return found
  const dot = name.indexOf(".")
  return yield* failure(`the server doesn't have a resource type ${JSON.stringify(dot < 0 ? name : name.slice(0, dot))}`)
})
