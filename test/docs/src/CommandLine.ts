/** `docs/reference/cli.md`: the help of every command, as the program prints it. */
import { tmpdir } from "node:os"
import { aiopslab } from "./Program.ts"

const subcommand = /^ {2}([a-z]+) {2,}\S/u

const globals = /\n\nGLOBAL FLAGS\n(?: {2}.*\n?)+/u

/** The help of one command, without the flags that all share. */
export const helpOf = async (path: ReadonlyArray<string>): Promise<string> => {
  const { code, err, out } = await aiopslab([...path, "--help"], tmpdir())
  if (code !== 0) throw new Error(`aiopslab ${path.join(" ")} --help ends with ${code}: ${err}`)
  return out.trimEnd()
}

const childrenOf = (help: string): ReadonlyArray<string> =>
  (help.split("\nSUBCOMMANDS\n")[1]?.split("\n") ?? []).flatMap((line) => subcommand.exec(line)?.[1] ?? [])

export interface Help {
  readonly path: ReadonlyArray<string>
  readonly text: string
}

/** Every command, parents before their children. */
export const helps = async (path: ReadonlyArray<string> = []): Promise<ReadonlyArray<Help>> => {
  const text = await helpOf(path)
  const below: Array<Help> = []
  for (const child of childrenOf(text)) below.push(...(await helps([...path, child])))
  return [{ path, text }, ...below]
}

const section = ({ path, text }: Help): string =>
  `## aiopslab${path.map((word) => ` ${word}`).join("")}\n\n\`\`\`text\n${
    path.length === 0
      ? text
      : text
          .replace(globals, "\n")
          .replaceAll(/\n{3,}/gu, "\n\n")
          .trimEnd()
  }\n\`\`\``

export const commandLine = async (): Promise<string> => `# The command line

Data on stdout, progress on stderr, \`--json\` where there is data. Exit codes: 0 all went well, 1 below \`--fail-under\`, an audit that found something or a bug,
2 usage or a manifest, 3 the environment, 4 the budget, 130 interrupted. In a clone, \`npx aiopslab …\` runs on the right Node. This page is generated from the program's help: \`npm run docs\`.

${(await helps()).map(section).join("\n\n")}
`
