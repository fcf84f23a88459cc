/** What a Markdown page says to machines: its fenced blocks and its links. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const root: string = fileURLToPath(new URL("../../../", import.meta.url))

export interface Block {
  readonly language: string
  /** The name after `file=`, where there is one. */
  readonly file: string | undefined
  readonly text: string
}

export const read = (path: string): string => readFileSync(`${root}${path}`, "utf8")

export const blocksOf = (markdown: string): ReadonlyArray<Block> =>
  [...markdown.matchAll(/^```([a-z]+)(?: file=(\S+))?\n([\s\S]*?)^```$/gmu)].map(([, language = "", file, text = ""]) => ({
    language,
    file,
    text
  }))

/** The text of the page's one block of this name; an error when there is none, or more. */
export const blockNamed = (path: string, file: string): string => {
  const found = blocksOf(read(path)).filter((block) => block.file === file)
  const [one] = found
  if (one === undefined || found.length > 1) throw new Error(`${path} has ${found.length} blocks with file=${file}`)
  return one.text
}

/** Targets of links that are neither addresses nor places of the same page. */
export const linksOf = (markdown: string): ReadonlyArray<string> =>
  [...markdown.replaceAll(/^```[\s\S]*?^```$/gmu, "").matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, target = ""]) => target.split("#")[0] ?? "")
    .filter((target) => target !== "" && !/^[a-z]+:/u.test(target))

/** Commands of the page's shell blocks and recorded lines that call the program, without what stands before its name. */
export const commandsOf = (markdown: string): ReadonlyArray<string> =>
  blocksOf(markdown)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"))
    .flatMap(
      (line) =>
        /^(?:npx|npm exec --|npm run aiopslab --)? ?aiopslab (.*)$/u.exec(line.replace("npm run aiopslab -- ", "aiopslab "))?.[1] ?? []
    )
