/** Is something wrong? Judged by the answer alone; `Yes` and `No` in any case of letters. */
import * as Task from "@aiopslab/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const config = Schema.Struct({
  /** Whether there is a fault. */
  answer: Schema.Literals(["yes", "no"])
})

const Verdict = Schema.Literals(["yes", "no"]).annotate({ message: 'Answer with submit("Yes") or submit("No")' })

const answer = Schema.String.annotate({ message: 'Answer with submit("Yes") or submit("No")' }).pipe(
  Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: (text) => text.trim().toLowerCase(), encode: (text) => text })),
  Schema.decodeTo(Verdict)
)

const label = { yes: "Yes", no: "No" }
const said = { yes: "that there is a fault", no: "that there is no fault" }

export const detection = Task.make({
  name: "detection",
  summary: "Says whether anything is wrong",
  config,
  answer,
  evaluators: "none",
  check: (right, { faults }) => {
    if (right.answer === "yes" && faults.length === 0) {
      return [
        {
          _tag: "contradiction",
          path: ["answer"],
          why: "it is yes, but the problem has no faults",
          hint: 'Write `answer: "no"`, or add a fault.'
        }
      ]
    }
    if (right.answer === "no" && faults.length > 0) {
      const why = `it is no, but the problem has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}`
      return [{ _tag: "contradiction", path: ["answer"], why, hint: 'Write `answer: "yes"`, or remove the faults.' }]
    }
    return []
  },
  brief: () => ({
    goal: "Find out whether anything is wrong with the application at present. Something may be broken, or everything may be in order. Your answer counts once.",
    submit: ['submit("Yes")  # there is a fault', 'submit("No")   # everything is in order']
  }),
  truth: (right) => label[right.answer],
  judge: (right, { answer: given, seconds }) => {
    const correct = given === right.answer
    return Effect.succeed({
      verdict: correct ? "pass" : "fail",
      reason: `The agent said ${said[given]}; ${correct ? "that is so" : given === "yes" ? "there is none" : "there is one"}.`,
      results: { "Detection Accuracy": correct ? "Correct" : "Incorrect", success: correct, TTD: seconds }
    })
  },
  unanswered: (_, { seconds, why }) => ({
    "Detection Accuracy": why === "invalid" ? "Invalid Format" : "Incorrect",
    success: false,
    TTD: seconds
  })
})
