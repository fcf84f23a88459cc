/**
 * The image's entry point on an empty data folder: it starts a mongod that asks for no passwords, runs the scripts of
 * `/docker-entrypoint-initdb.d` in the order of their names (`*.sh` in a shell, `*.js` in mongo), and starts over as configured.
 *
 * The shell understood here is what such scripts are made of: comments, assignments, `$NAME`, `echo`, `sleep`, `mongo …` with quotes,
 * a here-document or a pipe from `echo`, and `until mongo …; do …; done`, which waits for a server that is already there.
 */
export interface Outcome<S> {
  readonly state: S
  readonly lines: ReadonlyArray<string>
  readonly exitCode: number
}

/** Runs mongo with input; gives what it printed. */
export type RunMongo<S> = (
  state: S,
  argv: ReadonlyArray<string>,
  stdin: string
) => { readonly state: S; readonly stdout: string; readonly exitCode: number }

const expanded = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(
    /\$\{(\w+)\}|\$(\w+)/gu,
    (_, braced: string | undefined, bare: string | undefined) => variables.get(braced ?? bare ?? "") ?? ""
  )

/** The words of a command: quotes removed, variables filled in outside single quotes, redirections dropped. */
export const words = (line: string, variables: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const out: Array<string> = []
  let word: string | undefined
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? ""
    if (char === "'" || char === '"') {
      let end = i + 1
      let text = ""
      while (end < line.length && line[end] !== char) {
        if (char === '"' && line[end] === "\\" && /["\\$`]/u.test(line[end + 1] ?? "")) end += 1
        text += line[end] ?? ""
        end += 1
      }
      word = (word ?? "") + (char === '"' ? expanded(text, variables) : text)
      i = end
    } else if (/\s/u.test(char)) {
      if (word !== undefined) out.push(word)
      word = undefined
    } else if (char === "$") {
      const name = /^\$\{?\w+\}?/u.exec(line.slice(i))?.[0] ?? char
      word = (word ?? "") + expanded(name, variables)
      i += name.length - 1
    } else if (char === "\\") {
      i += 1
      word = (word ?? "") + (line[i] ?? "")
    } else if (char === "#" && word === undefined) break
    else word = (word ?? "") + char
  }
  if (word !== undefined) out.push(word)
  return out.filter((one, index, all) => !/^\d?>/u.test(one) && !/^\d?>$/u.test(all[index - 1] ?? ""))
}

const joinedLines = (text: string): ReadonlyArray<string> => text.replace(/\\\n/gu, " ").split("\n")

const openQuote = (text: string): boolean => {
  let quote = ""
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ""
    if (char === "\\" && quote !== "'") i += 1
    else if (quote === "" && (char === "'" || char === '"')) quote = char
    else if (char === quote) quote = ""
  }
  return quote !== ""
}

export const runShell = <S>(script: string, environment: Readonly<Record<string, string>>, initial: S, mongo: RunMongo<S>): Outcome<S> => {
  const variables = new Map(Object.entries(environment))
  const lines: Array<string> = []
  const source = joinedLines(script)
  let state = initial
  let exitCode = 0
  const printed = (text: string) => {
    if (text !== "") lines.push(...text.replace(/\n$/u, "").split("\n"))
  }
  for (let i = 0; i < source.length; i++) {
    let line = source[i] ?? ""
    while (openQuote(line) && !line.trimStart().startsWith("#") && i + 1 < source.length) line += `\n${source[++i] ?? ""}`
    const trimmed = line.trim()
    if (trimmed === "" || trimmed.startsWith("#")) continue
    if (/^(until|while)\b/u.test(trimmed)) {
      while (i < source.length && !/\bdone\b/u.test(source[i] ?? "")) i += 1
      continue
    }
    const assignment = /^(?:export\s+)?(\w+)=(.*)$/su.exec(trimmed)
    if (assignment !== null) {
      variables.set(assignment[1] ?? "", words(assignment[2] ?? "", variables).join(" "))
      continue
    }
    const here = /<<-?\s*(['"]?)(\w+)\1/u.exec(trimmed)
    let stdin = ""
    let command = trimmed
    if (here !== null) {
      const body: Array<string> = []
      while (i + 1 < source.length && (source[i + 1] ?? "").trim() !== here[2]) body.push(source[++i] ?? "")
      i += 1
      stdin = here[1] === "" ? expanded(body.join("\n"), variables) : body.join("\n")
      command = trimmed.replace(here[0], "")
    }
    const silent = /\s\d?>\s*\/dev\/null/u.test(command)
    const piped = /^echo\s+(.*?)\s*\|\s*(mongo\b.*)$/su.exec(command)
    if (piped !== null) {
      stdin = words(piped[1] ?? "", variables).join(" ")
      command = piped[2] ?? ""
    }
    const argv = words(command, variables)
    if (argv[0] === "echo") printed(argv.slice(1).join(" "))
    else if (argv[0] === "exit") return { state, lines, exitCode: Number(argv[1] ?? exitCode) }
    else if (argv[0] === "mongo") {
      const result = mongo(state, argv, stdin)
      state = result.state
      exitCode = result.exitCode
      if (!silent) printed(result.stdout)
    }
  }
  return { state, lines, exitCode }
}
