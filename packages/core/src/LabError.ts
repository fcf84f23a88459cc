/**
 * The one error of the framework. Its code is permanent and names an entry of the catalogue, which knows what happened, what to do and
 * who is to blame; `detail` is what the message is made from, and encodes.
 */
import * as Schema from "effect/Schema"
import { agent } from "./errors/agent.ts"
import { cli } from "./errors/cli.ts"
import { cluster } from "./errors/cluster.ts"
import type { Entry } from "./errors/entry.ts"
import { fault } from "./errors/fault.ts"
import { manifest } from "./errors/manifest.ts"
import { plugin } from "./errors/plugin.ts"
import { problem } from "./errors/problem.ts"
import { runtime } from "./errors/runtime.ts"
import { workload } from "./errors/workload.ts"

/** Every error there is, by its permanent code. */
export const catalogue = { ...cli, ...manifest, ...problem, ...plugin, ...cluster, ...fault, ...agent, ...runtime, ...workload }

export type Code = keyof typeof catalogue
/** What the message of a code is made from. */
export type Detail<C extends Code> = (typeof catalogue)[C] extends Entry<infer D> ? D : never

const entries: { readonly [C in Code]: Entry<Detail<C>> } = catalogue

/** Where in a manifest: 1-based line and column, and the line itself with a caret below. */
export const Location = Schema.Struct({ file: Schema.String, line: Schema.Int, column: Schema.Int, frame: Schema.String })
export type Location = typeof Location.Type

/** Whose fault an error is: 2 usage or manifest, 3 environment, 4 budget, 1 a bug of ours or of a plugin. */
export const Blame = Schema.Literals(["usage", "environment", "budget", "defect"])

export class LabError extends Schema.TaggedError<LabError>()("LabError", {
  code: Schema.String,
  title: Schema.String,
  blame: Blame,
  text: Schema.String,
  hint: Schema.String,
  location: Schema.optionalKey(Location)
}) {
  override get message(): string {
    const at = this.location === undefined ? "" : `${this.location.file}:${this.location.line}:${this.location.column}: `
    const frame = this.location === undefined ? "" : `\n${this.location.frame}`
    return `${at}${this.text} [${this.code}]${frame}`
  }
}

/** The error of a code. */
export const labError = <C extends Code>(code: C, detail: Detail<C>, location?: Location): LabError => {
  const found = entries[code]
  return new LabError({
    code,
    title: found.title,
    blame: found.blame,
    text: found.message(detail),
    hint: found.hint(detail),
    ...(location === undefined ? {} : { location })
  })
}

/** The same error, at a place of a manifest. */
export const located = ({ blame, code, hint, text, title }: LabError, location: Location | undefined): LabError =>
  new LabError({ code, title, blame, text, hint, ...(location === undefined ? {} : { location }) })
