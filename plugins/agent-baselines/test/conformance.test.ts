import { plugin } from "@aiopslab/agent-baselines"
import { agentConformance } from "@aiopslab/testkit/AgentConformance"

for (const { name } of plugin.components) agentConformance({ plugins: [plugin], agent: name })
