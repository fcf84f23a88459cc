import type { Installation } from "@aiopslab/core/App"
import * as Registry from "@aiopslab/core/Registry"
import type { Task } from "@aiopslab/core/Task"
import { plugin } from "@aiopslab/task-aiops"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const registry = Registry.make([plugin])
const task = (name: string): Task => Result.getOrThrow(Registry.lookup(registry, "Task", name)).component

const service = (name: string) => ({
  workload: name,
  container: name,
  port: 80,
  protocol: "http" as const,
  discovery: { _tag: "kubernetes" as const },
  handlers: {}
})

const app: Installation = {
  app: "shop",
  version: "1",
  namespace: "test-shop",
  manifests: [],
  topology: {
    entry: { service: "web", port: 80 },
    operations: {},
    services: { web: service("web"), geo: service("geo"), "mongodb-geo": service("mongodb-geo") }
  },
  serviceLabel: "app",
  description: "A shop.",
  digest: Effect.succeed(""),
  resetData: Effect.void
}

const parse = { errors: "all", onExcessProperty: "error" } as const

/** As the runtime does it: configuration and answer are decoded, then judged. */
const judge = (
  name: string,
  config: unknown,
  answer: unknown,
  evaluations: ReadonlyArray<{ readonly verdict: "pass" | "fail"; readonly reason: string }> = []
) =>
  Effect.gen(function* () {
    const found = task(name)
    const right = yield* Schema.decodeUnknownEffect(found.config, parse)(config)
    const given = yield* Schema.decodeUnknownEffect(found.answer)(answer)
    const full = evaluations.map((each) => ({ evaluator: "e", measurements: {}, ...each }))
    return yield* found.judge(right, { answer: given, seconds: 12, steps: 3 }, full)
  })

const refusal = (name: string, answer: unknown) =>
  Schema.decodeUnknownEffect(task(name).answer)(answer).pipe(
    Effect.flip,
    Effect.map((error) => error.message)
  )

const check = (name: string, config: unknown, faults: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const found = task(name)
    const right = yield* Schema.decodeUnknownEffect(found.config, parse)(config)
    return found.check?.(right, { app, faults }) ?? []
  })

describe("detection", () => {
  it.effect.each([
    ["yes", "Yes", true],
    ["yes", "  yes ", true],
    ["yes", "NO", false],
    ["no", "No", true],
    ["no", "yes", false]
  ] as const)("truth %s, answer %s", ([answer, given, success]) =>
    Effect.gen(function* () {
      const { results, verdict } = yield* judge("detection", { answer }, given)
      assert.deepStrictEqual(results, { "Detection Accuracy": success ? "Correct" : "Incorrect", success, TTD: 12 })
      assert.strictEqual(verdict, success ? "pass" : "fail")
    })
  )

  it.effect.each([null, true, "maybe", "", ["Yes"], { has_anomaly: "Yes" }])("refuses %j with the accepted forms", (given) =>
    Effect.gen(function* () {
      assert.include(yield* refusal("detection", given), 'submit("Yes") or submit("No")')
    })
  )

  it("has the original's result for an answer that never became valid", () => {
    const { unanswered } = task("detection")
    assert.deepStrictEqual(unanswered?.({ answer: "yes" }, { why: "invalid", seconds: 1 }), {
      "Detection Accuracy": "Invalid Format",
      success: false,
      TTD: 1
    })
    assert.deepStrictEqual(unanswered?.({ answer: "yes" }, { why: "none", seconds: 1 }), {
      "Detection Accuracy": "Incorrect",
      success: false,
      TTD: 1
    })
  })

  it.effect("a yes without faults and a no with faults contradict the problem", () =>
    Effect.gen(function* () {
      assert.lengthOf(yield* check("detection", { answer: "yes" }, []), 1)
      assert.lengthOf(yield* check("detection", { answer: "no" }, ["pod-failure"]), 1)
      assert.lengthOf(yield* check("detection", { answer: "yes" }, ["pod-failure"]), 0)
      assert.lengthOf(yield* check("detection", { answer: "no" }, []), 0)
    })
  )
})

describe("localization", () => {
  const one = { answer: ["mongodb-geo"], accept: { "mongodb-geo": ["geo"] } }
  const two = { answer: ["geo", "web"] }

  it.effect.each([
    // truth, answer, original's accuracy, success, is_subset, precision, recall, acc@1, acc@3
    [one, ["mongodb-geo"], 100, true, true, 1, 1, 1, 1],
    [one, "mongodb-geo", 100, true, true, 1, 1, 1, 1],
    [one, ["geo"], 100, true, true, 1, 1, 1, 1],
    [one, [" geo "], 100, true, true, 1, 1, 1, 1],
    [one, ["geo", "mongodb-geo"], 100, true, true, 1, 1, 1, 1],
    [one, ["geo", "geo", "geo"], 100, true, true, 1, 1, 1, 1],
    [one, ["web", "geo"], 50, false, true, 0.5, 1, 0, 1],
    [one, ["web", "web", "web", "geo"], 50, false, true, 0.5, 1, 0, 1],
    [one, ["a", "b", "c", "geo"], 25, false, true, 0.25, 1, 0, 0],
    [one, ["web"], 0, false, false, 0, 0, 0, 0],
    [one, [], 0, false, false, 0, 0, 0, 0],
    [one, null, 0, false, false, 0, 0, 0, 0],
    [two, ["web", "geo"], 100, true, true, 1, 1, 1, 1],
    [two, ["geo", "web"], 100, true, true, 1, 1, 1, 1],
    [two, ["geo"], 0, false, false, 1, 0.5, 1, 0.5],
    [two, ["geo", "web", "a", "b"], 50, false, true, 0.5, 1, 1, 1],
    [{ answer: [] }, [], 100, true, true, 1, 1, 1, 1],
    // the original's rule: nothing is a part of anything
    [{ answer: [] }, ["web"], 0, false, true, 0, 1, 0, 0]
  ] as const)("truth %j, answer %j", ([truth, given, accuracy, success, isSubset, precision, recall, at1, at3]) =>
    Effect.gen(function* () {
      const { results, verdict } = yield* judge("localization", truth, given)
      assert.strictEqual(verdict, success ? "pass" : "fail")
      assert.deepStrictEqual(results, {
        "Localization Accuracy": accuracy,
        success,
        is_subset: isSubset,
        exact: success,
        precision,
        recall,
        "acc@1": at1,
        "acc@3": at3,
        TTL: 12
      })
    })
  )

  it.effect.each([5, { service: "geo" }, [1], [["geo"]]])("refuses %j with the accepted forms", (given) =>
    Effect.gen(function* () {
      assert.match(yield* refusal("localization", given), /list of service names|Expected string/u)
    })
  )

  it.effect.prop(
    "repeating or reordering names never changes the verdict",
    { names: Schema.Array(Schema.Literals(["web", "geo", "x", "mongodb-geo"])) },
    ({ names }) =>
      Effect.gen(function* () {
        const once = yield* judge("localization", two, names)
        const twice = yield* judge("localization", two, [...names.toReversed(), ...names])
        assert.strictEqual(twice.verdict, once.verdict)
        assert.deepStrictEqual(twice.results["Localization Accuracy"], once.results["Localization Accuracy"])
        assert.deepStrictEqual(twice.results["precision"], once.results["precision"])
      })
  )

  it.effect("finds names that the application does not have, and where they stand", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check("localization", { answer: ["geo", "goe"], accept: { geo: ["web", "wbe"] } }, ["f"]), [
        { _tag: "unknown-service", path: ["answer", 1], name: "goe" },
        { _tag: "unknown-service", path: ["accept", "geo", 1], name: "wbe" }
      ])
    })
  )

  it.effect("an answer without fault, no answer with one, and an alias of nothing contradict the problem", () =>
    Effect.gen(function* () {
      const paths = (found: ReadonlyArray<{ readonly path: ReadonlyArray<string | number> }>) => found.map(({ path }) => path.join("."))
      assert.deepStrictEqual(paths(yield* check("localization", { answer: ["geo"] }, [])), ["answer"])
      assert.deepStrictEqual(paths(yield* check("localization", { answer: [] }, ["f"])), ["answer"])
      assert.deepStrictEqual(paths(yield* check("localization", { answer: "geo", accept: { web: [] } }, ["f"])), ["accept.web"])
    })
  )
})

describe("analysis", () => {
  const right = { answer: { systemLevel: "application", faultType: "network-storage-issue" } }

  it.effect.each([
    [{ system_level: "Application", fault_type: "Network/Storage Issue" }, true, true],
    [{ system_level: " application ", fault_type: "NETWORK/STORAGE ISSUE" }, true, true],
    [{ system_level: "application", fault_type: "network-storage-issue" }, true, true],
    [{ system_level: "Operating System", fault_type: "Network/Storage Issue" }, false, true],
    [{ system_level: "Application", fault_type: "Misconfiguration" }, true, false],
    [{ system_level: "Hardware", fault_type: "Code Defect" }, false, false],
    [null, false, false]
  ] as const)("%j", ([given, level, type]) =>
    Effect.gen(function* () {
      const { results, verdict } = yield* judge("analysis", right, given)
      assert.deepStrictEqual(results, { system_level_correct: level, fault_type_correct: type, success: level && type, TTA: 12 })
      assert.strictEqual(verdict, level && type ? "pass" : "fail")
    })
  )

  it.effect("refuses a value that is none of the original's, and lists them", () =>
    Effect.gen(function* () {
      assert.include(
        yield* refusal("analysis", { system_level: "Network", fault_type: "Misconfiguration" }),
        "Hardware, Operating System, Virtualization, Application"
      )
      assert.include(yield* refusal("analysis", { system_level: "Hardware" }), "fault_type")
    })
  )

  it.effect("contradicts a problem without faults", () =>
    Effect.gen(function* () {
      assert.lengthOf(yield* check("analysis", right, []), 1)
      assert.lengthOf(yield* check("analysis", right, ["f"]), 0)
    })
  )
})

describe("mitigation", () => {
  const pass = { verdict: "pass", reason: "All is well." } as const
  const fail = { verdict: "fail", reason: "geo has 0 of 1 replicas." } as const

  it.effect.each([
    [[pass], true],
    [[pass, pass], true],
    [[pass, fail], false],
    [[], false]
  ] as const)("evaluations %j", ([evaluations, success]) =>
    Effect.gen(function* () {
      const { reason, results, verdict } = yield* judge("mitigation", {}, null, evaluations)
      assert.deepStrictEqual(results, { success, TTM: 12 })
      assert.strictEqual(verdict, success ? "pass" : "fail")
      if (evaluations.length > 1 && !success) assert.strictEqual(reason, "geo has 0 of 1 replicas.")
    })
  )

  it.effect("takes no arguments", () =>
    Effect.gen(function* () {
      assert.include(yield* refusal("mitigation", "done"), "submit()")
    })
  )
})

describe("every task", () => {
  const configs = {
    detection: { answer: "yes" },
    localization: { answer: ["mongodb-geo"], accept: { "mongodb-geo": ["geo"] } },
    analysis: { answer: { systemLevel: "application", faultType: "authentication-issue" } },
    mitigation: {}
  }

  it.effect.each(Object.entries(configs))(
    "%s: what oracle submits is right, its brief has a goal and a form, `success` is always there",
    ([name, config]) =>
      Effect.gen(function* () {
        const found = task(name)
        const right = yield* Schema.decodeUnknownEffect(found.config, parse)(config)
        const judged = yield* judge(name, config, found.truth(right), [{ verdict: "pass", reason: "ok" }])
        assert.strictEqual(judged.verdict, "pass")
        assert.strictEqual(judged.results["success"], true)
        assert.strictEqual(found.unanswered?.(right, { why: "none", seconds: 1 })["success"], false)
        const brief = found.brief(app)
        assert.match(brief.goal, /^[A-Z].*\.$/u)
        assert.isAbove(brief.submit.length, 0)
      })
  )

  it.effect.each([{ answer: true }, { answer: "Yes" }, {}, { answer: "yes", extra: 1 }])("detection does not take %j", (config) =>
    Effect.sync(() => assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(task("detection").config, parse)(config))))
  )
})
