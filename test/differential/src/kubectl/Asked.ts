/** What a command line asks that packages/kubectl doesn't have: another program, a verb, another user. */
import { globalFlags, parse } from "@aiopslab/kubectl/CommandLine"
import { families, refused, verbs } from "@aiopslab/kubectl/Verbs"
import * as Result from "effect/Result"

const pattern = /\s+|\|\|?|&&?|;|'([^']*)'|"((?:\\.|[^"\\])*)"|[^\s'"|;&]+/g

/** The words of each command of a line. */
const commandsOf = (line: string): ReadonlyArray<ReadonlyArray<string>> => {
  const commands: Array<Array<string>> = [[]]
  let word: string | undefined
  const end = () => {
    if (word !== undefined) commands.at(-1)?.push(word)
    word = undefined
  }
  for (const [part, single, double] of line.matchAll(pattern)) {
    if (/^[\s|&;]/.test(part)) end()
    else word = (word ?? "") + (single ?? double ?? part)
    if (/^[|&;]/.test(part)) commands.push([])
  }
  end()
  return commands
}

/** The sandbox has one cluster and one user, and says so. */
const elsewhere = ["as", "as-group", "as-uid", "as-user-extra", "server", "token", "user", "cluster", "context", "kubeconfig"]

/** Members of verbs that aren't families here. */
const members: Readonly<Record<string, ReadonlyArray<string>>> = {
  apply: ["edit-last-applied", "set-last-applied", "view-last-applied"],
  auth: ["reconcile"],
  "cluster-info": ["dump"],
  create: ["token"],
  set: ["sa", "serviceaccount", "subject"]
}

/** What the agent's shell answers itself: it would not end. */
const endless: Readonly<Record<string, RegExp>> = { get: /^(?:-w|--watch|--watch-only)$/, logs: /^(?:-f|--follow)$/ }

/** Flags that it doesn't have, and says so. */
const unsupported: ReadonlySet<string> = new Set(["-k", "--kustomize", "--prune", "--overwrite=false"])

const beyondKubectl = (argv: ReadonlyArray<string>): string | undefined => {
  const flag = argv.map((word) => /^--([a-z-]+)/.exec(word)?.[1]).find((name) => name !== undefined && elsewhere.includes(name))
  if (flag !== undefined) return `--${flag}`
  const line = parse("kubectl", globalFlags, argv, { stopAtPositional: true })
  if (Result.isFailure(line)) return undefined
  const [verb = ""] = line.success.positional
  const words = line.success.rest ?? []
  if (verb in refused || verb === "options") return verb
  const flagless = words.find((word) => unsupported.has(word))
  if (flagless !== undefined) return `${verb} ${flagless}`
  if (words.some((word) => endless[verb]?.test(word))) return `${verb} ${words.find((word) => endless[verb]?.test(word)) ?? ""}`
  const member = words.find((word) => !word.startsWith("-")) ?? ""
  if (!members[verb]?.includes(member) || families[verb]?.verbs[member] !== undefined) return undefined
  return verb in verbs || verb in families ? `${verb} ${member}` : undefined
}

/** Undefined where there is no such thing: the line is for packages/kubectl. */
export const beyond = (line: string): string | undefined => {
  const commands = commandsOf(line).map((words) => {
    const at = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word))
    return { variables: words.slice(0, Math.max(at, 0)), program: words[at] ?? "", argv: words.slice(at + 1) }
  })
  const ours = commands.filter(({ program }) => program === "kubectl")
  const other = commands.find(({ program }) => program === "helm")
  if (other !== undefined || ours.length === 0) return other?.program ?? commands[0]?.program
  for (const { argv, variables } of ours) {
    const found = variables[0] === undefined ? beyondKubectl(argv) : variables[0]
    if (found !== undefined) return found
  }
  return undefined
}
