import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parseDocument } from "yaml"
import { bool, short, text } from "../CommandLine.ts"
import { Failure, failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Problem, reportAll, type Verb } from "../Invocation.ts"
import { dryRun, dryRunQuery, replied, report, reportFlags } from "../Report.ts"
import { objects, selectionFlags, targets } from "../Selection.ts"

const types = { json: patchTypes.json, merge: patchTypes.merge, strategic: patchTypes.strategic } as const
const isType = (name: string): name is keyof typeof types => name in types

/** Go's words for what is wrong with a JSON text, which the server answers with. */
const jsonMistake = (text: string, error: unknown): string => {
  const position = Number(/position (\d+)/u.exec(String(error))?.[1] ?? text.length)
  if (position >= text.length) return "unexpected end of JSON input"
  const before = text.slice(0, position).trimEnd().at(-1) ?? ""
  const where =
    before === "{" || before === ","
      ? "looking for beginning of object key string"
      : before === ":" || before === "["
        ? "looking for beginning of value"
        : "after object key:value pair"
  return `invalid character '${text[position] ?? ""}' ${where}`
}

/** The patch as a value: JSON when it looks like it, else YAML. */
const decoded = (given: string): Result.Result<unknown, Failure> => {
  if (/^\s*\{/u.test(given)) {
    return Result.try({
      try: () => JSON.parse(given) as unknown,
      catch: (error) => new Failure({ text: `Error from server (BadRequest): ${jsonMistake(given, error)}`, exitCode: 1 })
    })
  }
  const document = parseDocument(given)
  const [error] = document.errors
  const value: unknown = error === undefined ? document.toJS({ maxAliasCount: 100 }) : undefined
  return typeof value === "object" && value !== null
    ? Result.succeed(value)
    : Result.fail(
        failure(
          `unable to parse ${JSON.stringify(given)}: yaml: ${error?.message.split(" at line ")[0] ?? "it is neither an object nor a list"}`
        )
      )
}

/** `kubectl patch`. */
export const patch: Verb = {
  flags: { ...selectionFlags, ...reportFlags, patch: short("p", text), "patch-file": text, type: text, local: bool, subresource: text },
  run: Effect.fnUntraced(function* (inv) {
    const type = (inv.line.text("type") ?? "strategic").toLowerCase()
    if (!isType(type)) return yield* failure(`--type must be one of [json merge strategic], not ${JSON.stringify(inv.line.text("type"))}`)
    const file = inv.line.text("patch-file")
    const given = inv.line.text("patch") ?? (file === undefined ? undefined : yield* inv.files.read(file))
    if (given === undefined || given === "")
      return yield* failure("must specify --patch or --patch-file containing the contents of the patch")
    const body = yield* Effect.fromResult(decoded(given))
    const mode = yield* dryRun(inv)
    const { found, problems } = yield* objects(inv, yield* targets(inv, inv.line.positional, "needed"))
    const failures: Array<Problem> = []
    for (const { name, namespace, object, resource } of found) {
      const done = yield* Effect.result(
        inv.api.request({
          method: "PATCH",
          path: pathOf(resource, namespace, name, inv.line.text("subresource")),
          body,
          contentType: types[type],
          query: dryRunQuery(mode === "client" ? "server" : mode)
        })
      )
      if (Result.isFailure(done)) {
        failures.push(done.failure)
        continue
      }
      const after = replied(done.success.body, object)
      const same = mode === "none" && after.metadata.resourceVersion === object.metadata.resourceVersion
      yield* report(
        inv,
        { resource, object: after },
        same && Fields.text(after, "metadata", "resourceVersion") !== "" ? "patched (no change)" : "patched",
        mode
      )
    }
    return reportAll(inv, [...problems, ...failures])
  })
}
