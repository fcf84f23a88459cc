/** The reference page of the error catalogue, in Markdown. Deterministic. */
import { type Code, catalogue, type Detail, labError } from "./LabError.ts"
import type { Entry } from "./errors/entry.ts"

const blame = {
  usage: "the command or a manifest: exit code 2",
  environment: "the environment: exit code 3",
  budget: "the budget: exit code 4",
  defect: "the code of a plugin or of the framework: exit code 1"
}

const entries: { readonly [C in Code]: Entry<Detail<C>> } = catalogue

const section = <C extends Code>(code: C): string => {
  const { blame: who, example, title } = entries[code]
  const { hint, text } = labError(code, example)
  return `## ${code}\n\n${title}. To blame: ${blame[who]}.\n\n\`\`\`text\n${text} [${code}]\n\`\`\`\n\nWhat to do: ${hint}\n`
}

const codes = Object.keys(catalogue)
  .filter((code): code is Code => Object.hasOwn(catalogue, code))
  .toSorted()

export const markdown = `# Errors

Every error has a permanent code, says what happened and what to do. In manifests it also has a file, a line and a column. This page is generated
from \`packages/core/src/errors\` by \`packages/core/scripts/errors-reference.ts\`.

${codes.map(section).join("\n")}`
