/** Which commands printed or ended differently, and whether that is accepted: `clients/accepted.yaml`. */
import type { Outcome } from "aiopslab-test-differential/clients/Play"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import { folder } from "./Recorded.ts"

/** By topic and command, why a user can live with it. */
const Accepted = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.String))
export type Accepted = typeof Accepted.Type

export const accepted = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const known: unknown = parse(yield* fs.readFileString(`${folder}accepted.yaml`))
  return yield* Schema.decodeUnknownEffect(Accepted)(known)
})

export interface Differing {
  readonly ours: Outcome
  /** Nothing of a command that was not recorded. */
  readonly real: Outcome | undefined
}

export interface Verdict {
  readonly open: ReadonlyMap<string, Differing>
  /** Accepted differences that are no more, and recorded commands that the script lacks. */
  readonly idle: ReadonlyArray<string>
}

/** What two that don't end would have said nobody knows. */
const same = (a: Outcome, b: Outcome | undefined): boolean =>
  a.code !== "unended" && a.code === b?.code && a.stdout === b.stdout && a.stderr === b.stderr

export const judge = (
  { ours, real }: { readonly ours: ReadonlyMap<string, Outcome>; readonly real: ReadonlyMap<string, Outcome> },
  reasons: Readonly<Record<string, string>> = {}
): Verdict => {
  const differing = new Map<string, Differing>()
  for (const [name, outcome] of ours) if (!same(outcome, real.get(name))) differing.set(name, { ours: outcome, real: real.get(name) })
  return {
    open: new Map([...differing].filter(([name]) => reasons[name] === undefined)),
    idle: [...Object.keys(reasons).filter((name) => !differing.has(name)), ...[...real.keys()].filter((name) => !ours.has(name))]
  }
}
