/** How a verb that changes something tells what it did, with `-o` and `--dry-run`. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { bool, type Flags, short, text } from "./CommandLine.ts"
import { type ApiResource, singularName } from "./Discovery.ts"
import { type Failure, failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import type { Invocation, Problem } from "./Invocation.ts"
import { type Held, printer } from "./output/Printer.ts"

export const reportFlags: Flags = {
  output: short("o", text),
  template: text,
  "dry-run": { type: "text", bare: "unchanged" },
  "field-manager": text,
  "show-managed-fields": bool,
  "allow-missing-template-keys": bool,
  validate: { type: "text", bare: "true" }
}

export type DryRun = "none" | "client" | "server"

export const dryRun = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<DryRun, Problem> {
  const given = inv.line.text("dry-run") ?? "none"
  if (given === "none" || given === "client" || given === "server") return given
  if (given === "unchanged") {
    inv.err("W0101 00:00:00.000000       1 helpers.go:731] --dry-run is deprecated and can be replaced with --dry-run=client.\n")
    return "client"
  }
  if (given === "true" || given === "false") return given === "true" ? "client" : "none"
  return yield* failure(`Invalid dry-run value (${given}). Must be "none", "server", or "client".`)
})

/** Query of a write: whether it only tries, and who owns what it sets. */
export const writeQuery = (inv: Invocation, mode: DryRun, manager: string): Readonly<Record<string, string>> => {
  const owner = inv.line.text("field-manager") ?? manager
  return { ...(mode === "server" ? { dryRun: "All" } : {}), ...(owner === "" ? {} : { fieldManager: owner }) }
}

const directives: Readonly<Record<string, string>> = { true: "Strict", strict: "Strict", warn: "Warn", false: "Ignore", ignore: "Ignore" }

/** Query of `--validate`. */
export const validationQuery = (inv: Invocation): Effect.Effect<Readonly<Record<string, string>>, Failure> => {
  const given = inv.line.text("validate") ?? "strict"
  const directive = directives[given]
  return directive === undefined
    ? Effect.fail(failure(`invalid - validate option ${JSON.stringify(given)}; must be one of: strict (or true), warn, ignore (or false)`))
    : Effect.succeed({ fieldValidation: directive })
}

export const dryRunSuffix = (mode: DryRun): string => (mode === "none" ? "" : mode === "client" ? " (dry run)" : " (server dry run)")

export const called = (resource: ApiResource, name: string): string => `${singularName(resource)}/${name}`

/** `deployment.apps/geo scaled`, or the object in the format of `-o`. */
export const report = Effect.fnUntraced(function* (
  inv: Invocation,
  of: { readonly resource: ApiResource; readonly object: KubeObject; readonly held?: Held },
  done: string,
  mode: DryRun = "none"
): Effect.fn.Return<void, Problem> {
  const name = called(of.resource, of.object.metadata.name)
  const print = yield* printer(inv, { nameOf: () => name, formats: "objects", held: of.held ?? "as map" })
  inv.out(print === undefined ? `${name} ${done}${dryRunSuffix(mode)}\n` : yield* Effect.fromResult(print(of.object)))
})

/** The reply of a write, as an object; what was sent when the server answered with something else. */
export const replied = (body: unknown, sent: KubeObject): KubeObject => (Fields.isObject(body) ? body : sent)
