/** On which level is the fault, and of what type? The values are the original's; the manifest spells them in kebab case. */
import * as Task from "@aiopslab/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** The original's labels by their spelling in manifests. */
const levels = {
  hardware: "Hardware",
  "operating-system": "Operating System",
  virtualization: "Virtualization",
  application: "Application"
}
const types = {
  misconfiguration: "Misconfiguration",
  "code-defect": "Code Defect",
  "authentication-issue": "Authentication Issue",
  "network-storage-issue": "Network/Storage Issue",
  "operation-error": "Operation Error",
  "dependency-problem": "Dependency Problem"
}

const Level = Schema.Literals(["hardware", "operating-system", "virtualization", "application"])
const FaultType = Schema.Literals([
  "misconfiguration",
  "code-defect",
  "authentication-issue",
  "network-storage-issue",
  "operation-error",
  "dependency-problem"
])

const config = Schema.Struct({ answer: Schema.Struct({ systemLevel: Level, faultType: FaultType }) })

/** `Network/Storage Issue`, `network-storage-issue` and ` NETWORK/STORAGE ISSUE ` are one. */
const spelling = (label: string): string =>
  label
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")

const oneOf = <K extends string>(values: Schema.Literals<ReadonlyArray<K>>, field: string, labels: Readonly<Record<K, string>>) => {
  const message = `${field} must be one of: ${Object.values(labels).join(", ")}`
  return Schema.String.annotate({ message }).pipe(
    Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: spelling, encode: (text) => text })),
    Schema.decodeTo(values.annotate({ message }))
  )
}

const Diagnosis = Schema.Struct({ system_level: oneOf(Level, "system_level", levels), fault_type: oneOf(FaultType, "fault_type", types) })

/** `submit()` says that there is no fault. */
const answer = Schema.NullOr(Diagnosis)

const forms = [
  'submit({"system_level": "…", "fault_type": "…"})',
  `# system_level is one of: ${Object.values(levels).join(", ")}`,
  `# fault_type is one of: ${Object.values(types).join(", ")}`,
  "submit()  # there is no fault"
]

export const analysis = Task.make({
  name: "analysis",
  summary: "Says on which level the fault is and of what type",
  config,
  answer,
  evaluators: "none",
  check: (_, { faults }) =>
    faults.length > 0
      ? []
      : [
          {
            _tag: "contradiction",
            path: ["answer"],
            why: "it explains a fault, but the problem has none",
            hint: "Remove the analysis, or add a fault."
          }
        ],
  brief: () => ({
    goal: "Something may be wrong with the application. Find the root cause: the level of the system on which it lies, and its type. Your answer counts once.",
    submit: forms
  }),
  truth: ({ answer: right }) => ({ system_level: levels[right.systemLevel], fault_type: types[right.faultType] }),
  judge: ({ answer: right }, { answer: given, seconds }) => {
    const level = given?.system_level === right.systemLevel
    const type = given?.fault_type === right.faultType
    const said = given === null ? "no fault" : `${levels[given.system_level]}, ${types[given.fault_type]}`
    const success = level && type
    return Effect.succeed({
      verdict: success ? "pass" : "fail",
      reason: `The agent said ${said}; ${success ? "that is right" : `it is ${levels[right.systemLevel]}, ${types[right.faultType]}`}.`,
      results: { system_level_correct: level, fault_type_correct: type, success, TTA: seconds }
    })
  },
  unanswered: (_, { seconds }) => ({ system_level_correct: false, fault_type_correct: false, success: false, TTA: seconds })
})
