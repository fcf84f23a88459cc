import { entry } from "./entry.ts"

export const agent = {
  AGENT_FAILED: entry<{ readonly agent: string; readonly why: string }>({
    title: "The agent failed",
    blame: "defect",
    message: (d) => `Agent "${d.agent}" failed: ${d.why}.`,
    hint: () => "The task ends as `agent-error`; its transcript is in the run folder.",
    example: { agent: "process", why: "the program exited with code 1" }
  })
}
