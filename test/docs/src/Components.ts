/** `docs/reference/components.md`: what the plugins of the default preset offer, and what each component takes under `with`. */
import type { Component } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import { plugin } from "@aiopslab/preset-default"
import * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import { fieldsOf, fieldTable } from "./SchemaText.ts"

const titles: { readonly [K in Registry.Kind]: string } = {
  App: "Applications",
  Behaviour: "Behaviours of images",
  Workload: "Workloads",
  Fault: "Faults",
  Task: "Tasks",
  Evaluator: "Evaluators",
  Agent: "Agents",
  ClusterProvider: "Clusters",
  Reporter: "Reporters"
}

const kinds: ReadonlyArray<Registry.Kind> = [
  "App",
  "Workload",
  "Fault",
  "Task",
  "Evaluator",
  "Agent",
  "ClusterProvider",
  "Reporter",
  "Behaviour"
]

const repairs = { ends: "The agent's repair ends it.", "does-not-end": "No repair by the agent ends it: such a fault has no mitigation." }

const more = (component: Component): ReadonlyArray<string> => {
  switch (component._tag) {
    case "Fault":
      return [repairs[component.agentRepair]]
    case "Task":
      return component.evaluators === "required" ? ["Needs `evaluators`: it is judged on the live system."] : []
    case "Behaviour":
      return [`Images: ${component.images.map((image) => `\`${image}\``).join(", ")}.`]
    default:
      return []
  }
}

const configText = (component: Component): string => {
  if (component._tag === "Behaviour" || component._tag === "Reporter") return ""
  const { schema } = JsonSchema.toDocumentDraft07(Schema.toJsonSchemaDocument(component.config, { onExcessProperty: "error" }))
  const fields = fieldsOf(schema)
  return fields.length === 0 ? "Takes nothing.\n" : `${fieldTable(fields)}\n`
}

const section = ({ component, plugin }: Registry.Owned): string =>
  [`### ${component.name}`, "", `${[`${component.summary}.`, ...more(component)].join(" ")} From \`${plugin}\`.`, "", configText(component)]
    .join("\n")
    .trimEnd()

export const components = (): string => {
  const registry = Registry.make([plugin])
  const chapters = kinds.flatMap((kind) => {
    const owned = Registry.all(registry, kind)
    return owned.length === 0 ? [] : [`## ${titles[kind]}\n\n${owned.map(section).join("\n\n")}`]
  })
  return `# Components

What the default plugins offer. \`use\` names a component, \`with\` holds the fields of its table; a task's fields stand beside each other under its name.
A duration is written \`500ms\`, \`60s\`, \`5m\` or \`1h30m\`. \`aiopslab plugins list\` shows those that you have. This page is generated: \`npm run docs\`.

${chapters.join("\n\n")}
`
}
