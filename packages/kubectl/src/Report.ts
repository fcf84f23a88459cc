/** How a verb that changes something tells what it did, with `-o` and `--dry-run`. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { bool, type Flags, short, text } from "./CommandLine.ts"
import { type ApiResource, singularName } from "./Discovery.ts"
import { failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import type { Invocation, Problem } from "./Invocation.ts"
import { printer } from "./output/Printer.ts"

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

/** Query of a request that must not change anything when only tried. */
export const dryRunQuery = (mode: DryRun): Readonly<Record<string, string>> => (mode === "server" ? { dryRun: "All" } : {})

export const dryRunSuffix = (mode: DryRun): string => (mode === "none" ? "" : mode === "client" ? " (dry run)" : " (server dry run)")

export const called = (resource: ApiResource, name: string): string => `${singularName(resource)}/${name}`

/** `deployment.apps/geo scaled`, or the object in the format of `-o`. */
export const report = Effect.fnUntraced(function* (
  inv: Invocation,
  of: { readonly resource: ApiResource; readonly object: KubeObject },
  done: string,
  mode: DryRun = "none"
): Effect.fn.Return<void, Problem> {
  const name = called(of.resource, of.object.metadata.name)
  const print = yield* Effect.fromResult(
    printer(inv.line.text("output"), { headers: true, template: inv.line.text("template"), nameOf: () => name })
  )
  inv.out(print === undefined ? `${name} ${done}${dryRunSuffix(mode)}\n` : yield* Effect.fromResult(print(of.object)))
})

/** The reply of a write, as an object; what was sent when the server answered with something else. */
export const replied = (body: unknown, sent: KubeObject): KubeObject => (Fields.isObject(body) ? body : sent)
