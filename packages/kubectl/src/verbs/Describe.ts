/** `kubectl describe`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, int } from "../CommandLine.ts"
import { describerOf } from "../describe/Describers.ts"
import { events, eventsOf } from "../describe/Events.ts"
import { Page } from "../describe/Page.ts"
import { failure } from "../Failure.ts"
import { type Invocation, type Problem, reportAll, type Verb } from "../Invocation.ts"
import { allNamespacesFlag, objects, type Selected, selectionFlags, type Target, targets } from "../Selection.ts"

const pageOf = Effect.fnUntraced(function* (inv: Invocation, one: Selected): Effect.fn.Return<string, Problem> {
  const describer = describerOf(one.resource)
  const page = new Page()
  const now = yield* Clock.currentTimeMillis
  yield* describer.write(page, { ...one, inv, now })
  const showEvents = inv.line.has("show-events") ? inv.line.isSet("show-events") : true
  if (describer.events && showEvents) events(page, yield* eventsOf(inv, one), now)
  return page.toString()
})

/** A name that is none may be the beginning of some. */
const byPrefix = Effect.fnUntraced(function* (inv: Invocation, target: Target) {
  if (target._tag === "Every") return []
  const { found } = yield* objects({ ...inv, namespace: target.namespace || inv.namespace }, [{ _tag: "Every", resource: target.resource }])
  return found.filter((one) => one.name.startsWith(target.name))
})

export const describe: Verb = {
  flags: { ...selectionFlags, ...allNamespacesFlag, "show-events": bool, "chunk-size": int },
  run: Effect.fnUntraced(function* (inv) {
    const of = yield* targets(inv, inv.line.positional, "optional")
    if (of.length === 0) {
      return yield* failure(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.'
      )
    }
    const exact: Array<Selected> = []
    const alike: Array<Selected> = []
    const problems: Array<Problem> = []
    for (const target of of) {
      const { found, problems: missing } = yield* objects(inv, [target])
      const similar = found.length === 0 && missing.some((problem) => problem.code === 404) ? yield* byPrefix(inv, target) : []
      exact.push(...found)
      alike.push(...similar)
      if (similar.length === 0) problems.push(...missing)
    }
    const pages = Effect.fnUntraced(function* (of: ReadonlyArray<Selected>) {
      const out: Array<string> = []
      for (const one of of) {
        const page = yield* Effect.result(pageOf(inv, one))
        if (Result.isSuccess(page)) out.push(page.success)
        else problems.push(page.failure)
      }
      return out
    })
    inv.out((yield* pages(exact)).join("\n\n"))
    for (const page of yield* pages(alike)) inv.out(`${page}\n`)
    if (exact.length + alike.length === 0 && problems.length === 0) {
      inv.err(inv.line.isSet("all-namespaces") ? "No resources found\n" : `No resources found in ${inv.namespace} namespace.\n`)
    }
    return reportAll(inv, problems)
  })
}
