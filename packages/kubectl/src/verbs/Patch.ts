import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as GoJson from "@aiopslab/kubernetes/GoJson"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parseDocument } from "yaml"
import { bool, short, text } from "../CommandLine.ts"
import { Failure, failure } from "../Failure.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { manifests } from "../Manifests.ts"
import { patched } from "../Patched.ts"
import { dryRun, writeQuery, replied, report, reportFlags } from "../Report.ts"
import { mapJson } from "../output/Json.ts"
import { objects, selectionFlags, targets } from "../Selection.ts"

const types = { json: patchTypes.json, merge: patchTypes.merge, strategic: patchTypes.strategic } as const
const isType = (name: string): name is keyof typeof types => name in types

/** The patch as a value: JSON when it looks like it, else YAML. */
const decoded = (given: string): Result.Result<unknown, Failure> => {
  if (/^\s*\{/u.test(given)) {
    return Result.try({
      try: () => JSON.parse(given) as unknown,
      catch: () =>
        new Failure({
          text: `Error from server (BadRequest): ${GoJson.errorOf(given) ?? ""}`,
          exitCode: 1
        })
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

/** `--local`: the objects of `-f`, patched here. */
const patchHere = Effect.fnUntraced(function* (
  inv: Invocation,
  type: keyof typeof types,
  body: unknown
): Effect.fn.Return<number, Problem> {
  const { found, problems } = yield* manifests(inv)
  for (const manifest of found) {
    const object = yield* Effect.fromResult(patched(manifest.resource, manifest.written, type, body))
    yield* report(inv, { resource: manifest.resource, object }, "patched", "none")
  }
  return reportAll(inv, problems)
})

/** `kubectl patch`. */
export const patch: Verb = {
  flags: { ...selectionFlags, ...reportFlags, patch: short("p", text), "patch-file": text, type: text, local: bool, subresource: text },
  run: Effect.fnUntraced(function* (inv) {
    const type = (inv.line.text("type") ?? "strategic").toLowerCase()
    if (!isType(type)) return yield* failure(`--type must be one of [json merge strategic], not ${JSON.stringify(inv.line.text("type"))}`)
    const file = inv.line.text("patch-file")
    const content = file === undefined ? undefined : yield* inv.files.read(file)
    if (file !== undefined && content === undefined)
      return yield* failure(`unable to read patch file: open ${file}: no such file or directory`)
    const given = inv.line.text("patch") ?? content
    if (given === undefined || given === "")
      return yield* failure("must specify --patch or --patch-file containing the contents of the patch")
    const body = yield* Effect.fromResult(decoded(given))
    const mode = yield* dryRun(inv)
    if (inv.line.isSet("local")) return yield* patchHere(inv, type, body)
    const { found, problems } = yield* objects(inv, yield* targets(inv, inv.line.positional, "needed"))
    const failures: Array<Problem> = []
    for (const { name, namespace, object, resource } of found) {
      const done = yield* Effect.result(
        inv.api.request({
          method: "PATCH",
          path: pathOf(resource, namespace, name, inv.line.text("subresource")),
          body,
          contentType: types[type],
          query: writeQuery(inv, mode === "client" ? "server" : mode, "kubectl-patch")
        })
      )
      if (Result.isFailure(done)) {
        failures.push(
          done.failure.code === 415
            ? failure(`${types[type]} is not supported by ${object.apiVersion}, Kind=${resource.kind}: ${done.failure.message}`)
            : done.failure
        )
        continue
      }
      const after = replied(done.success.body, object)
      const same = mode === "none" && mapJson(after) === mapJson(object)
      yield* report(inv, { resource, object: after }, same ? "patched (no change)" : "patched", mode)
    }
    return reportAll(inv, [...problems, ...failures])
  })
}
