import { plugin } from "@aiopslab/agent-process"
import { agentConformance } from "@aiopslab/testkit/AgentConformance"
import { answering } from "./World.ts"

const command = answering(
  "const call = ++steps < 3 ? 'exec_shell(\"ls\")' : 'submit(\"Yes\")'; send({ type: 'action', text: '```\\n' + call + '\\n```' })",
  "let steps = 0"
)

agentConformance({ plugins: [plugin], agent: "process", config: { command } })
