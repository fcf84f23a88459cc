/**
 * The same scripts by the real kubectl and by packages/kubectl in the agent's shell, each at a server of its own; both servers are ours, and equal at
 * the start. What packages/kubectl doesn't have, the real kubectl does on both sides, so that the servers stay equal.
 */
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Sandbox from "@aiopslab/agents/Sandbox"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Compared as Line } from "../clients/Compared.ts"
import { paired } from "../clients/Compared.ts"
import type { Outcome } from "../clients/Play.ts"
import { play, runWithin, settle, unended } from "../clients/Play.ts"
import * as Printed from "../clients/Printed.ts"
import type { Script } from "../clients/Script.ts"
import { embedded, type Side } from "../clients/Side.ts"
import { beyond } from "./Asked.ts"

export interface Compared extends Line {
  /** What keeps the line from being one for packages/kubectl. */
  readonly beyond: string | undefined
}

/** A line that waits for what never happens here ends on both sides by then. */
const limitSeconds = 40

/** How the agent's shell ends such a line. */
const timedOut = 124

const outcomeOf = ({ exitCode, stderr, stdout }: Sandbox.ShellResult): Outcome => {
  const at = (printed: string): string => printed.replaceAll(Sandbox.home, "<folder>/work")
  return exitCode === timedOut ? unended : { code: exitCode, stdout: at(stdout), stderr: at(stderr) }
}

const playInShell = Effect.fnUntraced(function* (script: Script, side: Side, api: KubeApi) {
  const place = yield* settle(script, side)
  const sandbox = yield* Sandbox.make({ api, namespace: script.topic, seed: script.topic })
  for (const [file, content] of script.files) yield* sandbox.writeFile(file, content)
  const outcome = Effect.fnUntraced(function* (line: string) {
    if (beyond(line) !== undefined) return yield* runWithin(line, place, limitSeconds)
    return outcomeOf(yield* sandbox.exec(line, limitSeconds * 1000))
  })
  return yield* Effect.forEach(script.commands, ({ line }) => outcome(line))
}, Effect.scoped)

const both = Effect.fnUntraced(function* (script: Script) {
  const [ours, real] = yield* Effect.all([embedded, embedded])
  const played = yield* Effect.all([playInShell(script, ours.side, ours.api), play(script, real.side, limitSeconds)], { concurrency: 2 })
  return paired(script, played, Printed.anyTime).map((one): Compared => ({ ...one, beyond: beyond(one.command.line) }))
}, Effect.scoped)

/** Each script begins with new servers. */
export const compare = (scripts: ReadonlyArray<Script>) => Stream.fromIterable(scripts).pipe(Stream.mapEffect(both), Stream.flattenIterable)
