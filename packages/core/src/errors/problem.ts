import { didYouMean, entry } from "./entry.ts"

const list = (names: ReadonlyArray<string>): string => (names.length === 0 ? "none" : names.join(", "))

export const problem = {
  PROBLEM_UNKNOWN_TASK: entry<{ readonly task: string; readonly known: ReadonlyArray<string>; readonly nearest?: string | undefined }>({
    title: "No plugin offers this task",
    blame: "usage",
    message: (d) => `There is no task named "${d.task}".${didYouMean(d.nearest)}`,
    hint: (d) => `Tasks of the installed plugins: ${list(d.known)}.`,
    example: { task: "detect", known: ["detection", "localization"], nearest: "detection" }
  }),
  PROBLEM_NO_TASKS: entry<Record<never, never>>({
    title: "A problem asks for nothing",
    blame: "usage",
    message: () => "The problem has no tasks.",
    hint: () => 'Give it at least one: `detection: { answer: "yes" }`.',
    example: {}
  }),
  PROBLEM_EVALUATORS_MISSING: entry<{ readonly task: string; readonly known: ReadonlyArray<string> }>({
    title: "A task that is judged on the live system has no evaluators",
    blame: "usage",
    message: (d) => `The task "${d.task}" is judged on the live system and needs evaluators.`,
    hint: (d) => `Add \`evaluators: [{ use: … }]\`; installed: ${list(d.known)}.`,
    example: { task: "mitigation", known: ["traffic-healthy", "nothing-lost"] }
  }),
  PROBLEM_EVALUATORS_UNUSED: entry<{ readonly task: string }>({
    title: "A task that is judged by its answer has evaluators",
    blame: "usage",
    message: (d) => `The task "${d.task}" is judged by the answer alone; its evaluators would never run.`,
    hint: () => "Remove `evaluators` here, or move them to the mitigation.",
    example: { task: "detection" }
  }),
  PROBLEM_REPAIR_IMPOSSIBLE: entry<{ readonly task: string; readonly fault: string }>({
    title: "A repair is asked for that cannot succeed",
    blame: "usage",
    message: (d) => `The task "${d.task}" asks for a repair, but the fault "${d.fault}" is kept up whatever the agent does.`,
    hint: (d) => `Remove the task "${d.task}", or choose a fault that a repair ends.`,
    example: { task: "mitigation", fault: "pod-failure" }
  }),
  PROBLEM_ANSWER_CONTRADICTS: entry<{ readonly task: string; readonly why: string; readonly hint: string }>({
    title: "The right answer contradicts the rest of the problem",
    blame: "usage",
    message: (d) => `The answer of "${d.task}" cannot be right: ${d.why}.`,
    hint: (d) => d.hint,
    example: { task: "detection", why: "it is yes, but the problem has no faults", hint: 'Write `answer: "no"`, or add a fault.' }
  }),
  PROBLEM_UNKNOWN_SERVICE: entry<{ readonly name: string; readonly app: string; readonly nearest?: string | undefined }>({
    title: "The application has no such service",
    blame: "usage",
    message: (d) => `The application "${d.app}" has no service "${d.name}".${didYouMean(d.nearest)}`,
    hint: () => "`aiopslab plugins list` shows the applications; their services are in the guide.",
    example: { name: "mongodb-goe", app: "hotel-reservation", nearest: "mongodb-geo" }
  }),
  PROBLEM_APP_FAILED: entry<{ readonly app: string; readonly why: string }>({
    title: "An application rejects its configuration",
    blame: "usage",
    message: (d) => `The application "${d.app}" cannot be installed like this: ${d.why}.`,
    hint: () => "Check the application's `with`.",
    example: { app: "hotel-reservation", why: "Error: no such version" }
  })
}
