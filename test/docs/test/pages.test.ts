import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { helpOf } from "../src/CommandLine.ts"
import { blocksOf, commandsOf, linksOf, read, root } from "../src/Page.ts"

const workspaces = globSync("{packages,plugins,apps}/*/package.json", { cwd: root })
  .map((path) => dirname(path))
  .toSorted()

const written = ["README.md", "CONTRIBUTING.md", "AGENTS.md", ...globSync("docs/**/*.md", { cwd: root }).toSorted()]
const pages = [...written, ...workspaces.map((folder) => `${folder}/README.md`).filter((path) => existsSync(join(root, path)))]

describe("the pages", () => {
  it.each(workspaces)("%s has a README of one screen that names its package and how to test it", (folder) => {
    const { name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { readonly name: string }
    const text = read(`${folder}/README.md`)
    expect(text.split("\n")[0]).toBe(`# ${name}`)
    expect(text).toMatch(/npm test|vitest/u)
    expect(text.split("\n").length).toBeLessThanOrEqual(75)
  })

  it.each(pages)("%s links to files that exist", (page) => {
    const broken = linksOf(read(page)).filter((target) => !existsSync(join(root, dirname(page), target)))
    expect(broken).toEqual([])
  })

  it("every test that docs/guide/trust.md names exists, under that very name", () => {
    const rows = read("docs/guide/trust.md")
      .split("\n")
      .filter((line) => line.startsWith("| "))
    const proofs = rows.flatMap((row) =>
      [...row.matchAll(/\[“([^”]+)”\]\(([^)]+)\)/gu)].map(([, title = "", file = ""]) => ({ title, file }))
    )
    const missing = proofs.filter(({ file, title }) => !readFileSync(join(root, "docs/guide", file), "utf8").includes(title))
    expect(missing).toEqual([])
    expect(proofs.length).toBeGreaterThan(8)
  })

  it("the README's recorded run has verdicts of every task", () => {
    const recorded = blocksOf(read("README.md")).find(({ language }) => language === "text")?.text ?? ""
    for (const task of ["detection", "localization", "analysis", "mitigation"])
      expect(recorded).toMatch(new RegExp(`^ +${task} +.* passed `, "mu"))
  })
})

describe("the commands on the pages", () => {
  const commands = [...new Set(pages.flatMap((page) => commandsOf(read(page))).map((line) => line.replace(/ *#.*/u, "")))]
  const helps = new Map<string, Promise<string>>()

  it("there are some", () => {
    expect(commands.length).toBeGreaterThan(8)
  })

  it.each(commands)("aiopslab %s: the command and its flags exist", { timeout: 60_000 }, async (line) => {
    const words = line
      .replace(/#.*/u, "")
      .replaceAll(/'[^']*'/gu, "…")
      .trim()
      .split(/\s+/u)
    const groups = new Set(["problems", "plugins", "agents", "cluster"])
    const path = words.slice(0, groups.has(words[0] ?? "") ? 2 : 1)
    const asked = helps.get(path.join(" ")) ?? helpOf(path)
    helps.set(path.join(" "), asked)
    const help = await asked
    const flags = words.filter((word) => /^--?[a-z]/u.test(word))
    const unknown = flags.filter((flag) => !new RegExp(`(?:^ {2}|, )${flag}[ ,]`, "mu").test(help))
    expect(help).toContain(`aiopslab ${path.join(" ")}`)
    expect(unknown).toEqual([])
  })
})
