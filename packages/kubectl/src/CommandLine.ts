/** A command line with the rules of kubectl's flags: flags anywhere before `--`, `-n x`, `-nx`, `-n=x`, `--name=x`, `--name x`, `-it`. */
import * as Duration from "./Duration.ts"
import { type Failure, flagFailure } from "./Failure.ts"
import * as Result from "effect/Result"

export interface Flag {
  readonly type: "bool" | "text" | "texts" | "int" | "duration"
  readonly short?: string
  /** The value of the flag when it is given without one. */
  readonly bare?: string
}

export type Flags = Readonly<Record<string, Flag>>

export const bool: Flag = { type: "bool", bare: "true" }
export const text: Flag = { type: "text" }
export const texts: Flag = { type: "texts" }
export const int: Flag = { type: "int" }
export const duration: Flag = { type: "duration" }
export const short = (letter: string, flag: Flag): Flag => ({ ...flag, short: letter })

/** Those of every command. */
export const globalFlags: Flags = {
  namespace: short("n", text),
  help: short("h", bool),
  context: text,
  cluster: text,
  user: text,
  kubeconfig: text,
  server: short("s", text),
  token: text,
  as: text,
  "as-group": texts,
  "as-uid": text,
  "as-user-extra": texts,
  "certificate-authority": text,
  "client-certificate": text,
  "client-key": text,
  "insecure-skip-tls-verify": bool,
  "tls-server-name": text,
  "request-timeout": text,
  "match-server-version": bool,
  "warnings-as-errors": bool,
  "cache-dir": text,
  "disable-compression": bool,
  v: { type: "int", short: "v" }
}

export class CommandLine {
  readonly positional: ReadonlyArray<string>
  /** What stands behind `--`, if there is one. */
  readonly rest: ReadonlyArray<string> | undefined
  private readonly values: ReadonlyMap<string, ReadonlyArray<string>>

  constructor(
    positional: ReadonlyArray<string>,
    rest: ReadonlyArray<string> | undefined,
    values: ReadonlyMap<string, ReadonlyArray<string>>
  ) {
    this.positional = positional
    this.rest = rest
    this.values = values
  }

  has(name: string): boolean {
    return this.values.has(name)
  }
  /** The last value given. */
  text(name: string): string | undefined {
    return this.values.get(name)?.at(-1)
  }
  /** All values; each may hold several between commas. */
  texts(name: string): ReadonlyArray<string> {
    return (this.values.get(name) ?? []).flatMap((value) => value.split(",")).filter((value) => value !== "")
  }
  /** All values, whole. */
  raw(name: string): ReadonlyArray<string> {
    return this.values.get(name) ?? []
  }
  isSet(name: string): boolean {
    return /^(1|t|true)$/iu.test(this.text(name) ?? "")
  }
  int(name: string): number | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : Number(value)
  }
  /** In milliseconds. */
  duration(name: string): number | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : Duration.parse(value)
  }
}

/** Reads a command's arguments. `stopAtPositional`: what follows the first argument is not looked at (to find the verb). */
export const parse = (
  command: string,
  flags: Flags,
  argv: ReadonlyArray<string>,
  options: { readonly stopAtPositional: boolean } = { stopAtPositional: false }
): Result.Result<CommandLine, Failure> => {
  const positional: Array<string> = []
  const values = new Map<string, Array<string>>()
  const byShort = new Map(Object.entries(flags).flatMap(([name, flag]) => (flag.short === undefined ? [] : [[flag.short, name] as const])))
  let rest: ReadonlyArray<string> | undefined
  let index = 0
  const take = (name: string, shown: string, given: string, inline: string | undefined): Failure | undefined => {
    const flag = flags[name]
    if (flag === undefined) return flagFailure(command, `unknown flag: --${name}`)
    let value = inline ?? flag.bare
    if (value === undefined) {
      index++
      value = argv[index]
      if (value === undefined)
        return flagFailure(command, `flag needs an argument: ${shown === `--${name}` ? shown : `'${shown.slice(1, 2)}' in ${given}`}`)
    }
    const wrong = invalid(flag, value)
    if (wrong !== undefined)
      return flagFailure(command, `invalid argument ${JSON.stringify(value)} for "${labelOf(name, flag)}" flag: ${wrong}`)
    const sofar = values.get(name)
    if (sofar === undefined) values.set(name, [value])
    else sofar.push(value)
    return undefined
  }
  for (; index < argv.length; index++) {
    const word = argv[index] ?? ""
    if (word === "--") {
      rest = argv.slice(index + 1)
      break
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
      if (name === "" || name.startsWith("-")) return Result.fail(flagFailure(command, `bad flag syntax: ${word}`))
      const failed = take(name, `--${name}`, word, equals < 0 ? undefined : word.slice(equals + 1))
      if (failed !== undefined) return Result.fail(failed)
    } else if (word.startsWith("-") && word.length > 1) {
      const failed = shorts(word, byShort, flags, command, take)
      if (failed !== undefined) return Result.fail(failed)
    } else {
      positional.push(word)
      if (options.stopAtPositional) {
        rest = argv.slice(index + 1)
        break
      }
    }
  }
  return Result.succeed(new CommandLine(positional, rest, values))
}

const shorts = (
  word: string,
  byShort: ReadonlyMap<string, string>,
  flags: Flags,
  command: string,
  take: (name: string, shown: string, given: string, inline: string | undefined) => Failure | undefined
): Failure | undefined => {
  for (let left = word.slice(1); left !== "";) {
    const letter = left.slice(0, 1)
    const name = byShort.get(letter)
    if (name === undefined) return flagFailure(command, `unknown shorthand flag: '${letter}' in -${left}`)
    const after = left.slice(1)
    if (after.startsWith("=") && after.length > 1) return take(name, `-${letter}`, `-${left}`, after.slice(1))
    if (flags[name]?.bare === undefined) return take(name, `-${letter}`, `-${left}`, after === "" ? undefined : after)
    const failed = take(name, `-${letter}`, `-${left}`, undefined)
    if (failed !== undefined) return failed
    left = after
  }
  return undefined
}

const labelOf = (name: string, flag: Flag): string => (flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`)

const invalid = (flag: Flag, value: string): string | undefined => {
  const quoted = JSON.stringify(value)
  if (flag.type === "int" && !/^[-+]?\d+$/u.test(value)) return `strconv.ParseInt: parsing ${quoted}: invalid syntax`
  if (flag.type === "bool" && !/^(0|1|t|f|true|false)$/iu.test(value)) return `strconv.ParseBool: parsing ${quoted}: invalid syntax`
  if (flag.type === "duration" && Duration.parse(value) === undefined) {
    return /^[-+]?[\d.]+$/u.test(value) ? `time: missing unit in duration ${quoted}` : `time: invalid duration ${quoted}`
  }
  return undefined
}
