import { didYouMean, entry } from "./entry.ts"

export const plugin = {
  PLUGIN_LOAD_FAILED: entry<{ readonly plugin: string; readonly why: string; readonly working: ReadonlyArray<string> }>({
    title: "A plugin could not be loaded",
    blame: "usage",
    message: (d) => `Plugin "${d.plugin}" could not be loaded: ${d.why}.`,
    hint: (d) => `These still work: ${d.working.join(", ") || "none"}. Check that the package is installed and exports \`plugin\`.`,
    example: { plugin: "@acme/fault-dns", why: "the package exports no `plugin`", working: ["@aiopslab/task-aiops"] }
  }),
  PLUGIN_NAME_CONFLICT: entry<{ readonly kind: string; readonly name: string; readonly owners: ReadonlyArray<string> }>({
    title: "Two plugins offer the same component",
    blame: "usage",
    message: (d) => `${d.kind} "${d.name}" is offered by ${d.owners.join(" and ")}.`,
    hint: (d) => `Write \`use: ${d.owners[0]}/${d.name}\` to choose one, or remove a plugin.`,
    example: { kind: "fault", name: "pod-failure", owners: ["@aiopslab/fault-kubernetes", "@acme/fault-pods"] }
  }),
  PLUGIN_UNKNOWN_COMPONENT: entry<{ readonly kind: string; readonly name: string; readonly nearest?: string | undefined }>({
    title: "No plugin offers this component",
    blame: "usage",
    message: (d) => `There is no ${d.kind} named "${d.name}".${didYouMean(d.nearest)}`,
    hint: (d) =>
      d.kind === "agent"
        ? "`aiopslab agents list` shows the agents."
        : "`aiopslab plugins list` shows every component of the installed plugins.",
    example: { kind: "fault", name: "pod-failur", nearest: "pod-failure" }
  })
}
