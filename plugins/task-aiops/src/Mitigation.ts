/** Repair it. Judged on the live system: every evaluator of the problem has to pass. */
import * as Task from "@aiopslab/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const mitigation = Task.make({
  name: "mitigation",
  summary: "Repairs the system",
  config: Schema.Struct({}),
  answer: Schema.Null.annotate({ message: "Answer with submit(), without arguments, once the system is repaired" }),
  evaluators: "required",
  brief: () => ({
    goal: "Something may be wrong with the application. Repair it, so that all users are served again as before, without losing data or anything that belongs to the application.",
    submit: ["submit()  # the system is repaired"]
  }),
  truth: () => null,
  judge: (_, { seconds }, evaluations) => {
    const failed = evaluations.filter((each) => each.verdict === "fail")
    const success = evaluations.length > 0 && failed.length === 0
    const why = success
      ? `Every evaluator passes: ${evaluations.map((each) => each.evaluator).join(", ")}.`
      : [...new Set(failed.map((each) => each.reason))].join(" ")
    return Effect.succeed({
      verdict: success ? "pass" : "fail",
      reason: why === "" ? "Nothing was evaluated." : why,
      results: { success, TTM: seconds }
    })
  },
  unanswered: (_, { seconds }) => ({ success: false, TTM: seconds })
})
