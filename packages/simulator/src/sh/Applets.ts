/**
 * The tools a container's own scripts use, worded as busybox 1.35 words them. Each is one pure call; what takes time says so and is
 * waited for by the machine.
 */

export interface Call {
  readonly argv: ReadonlyArray<string>
  readonly stdin: string
  readonly env: Readonly<Record<string, string>>
  readonly file: (path: string) => string | undefined
  readonly list: (directory: string) => ReadonlyArray<string>
  readonly write: (path: string, text: string | undefined) => void
  readonly cwd: string
  readonly hostname: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Ran {
  readonly _tag: "Ran"
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export type Answer =
  | Ran
  | { readonly _tag: "Sleep"; readonly millis: number }
  | { readonly _tag: "Forever" }
  | { readonly _tag: "Serve"; readonly port: number; readonly home: string; readonly then: "forever" | "return" }
  | { readonly _tag: "Fetch"; readonly url: URL; readonly show: (text: string) => Ran }
  | { readonly _tag: "Dial"; readonly host: string; readonly port: number }
  /** Takes memory until there is none left. */
  | { readonly _tag: "Fill" }

type Applet = (call: Call) => Answer

export const ran = (status: number, stdout = "", stderr = ""): Ran => ({ _tag: "Ran", status, stdout, stderr })

export const absolute = (cwd: string, path: string): string => {
  const out: Array<string> = []
  for (const segment of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (segment === "..") out.pop()
    else if (segment !== "" && segment !== ".") out.push(segment)
  }
  return `/${out.join("/")}`
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "0": "\0" }
const unescaped = (text: string): string => text.replaceAll(/\\([ntr\\0])/g, (_, letter: string) => escapes[letter] ?? letter)

const echo: Applet = ({ argv }) => {
  let words = argv.slice(1)
  let end = "\n"
  let escaped = false
  while (/^-[ne]+$/.test(words[0] ?? "")) {
    if (words[0]?.includes("n") === true) end = ""
    if (words[0]?.includes("e") === true) escaped = true
    words = words.slice(1)
  }
  const text = words.join(" ")
  return ran(0, `${escaped ? unescaped(text) : text}${end}`)
}

const printf: Applet = ({ argv: [, format = "", ...values] }) => {
  let out = ""
  let rest = values
  do {
    const before = rest
    out += unescaped(format).replaceAll(/%([sdi%])/g, (_, letter: string) => {
      if (letter === "%") return "%"
      const [value = letter === "s" ? "" : "0", ...others] = rest
      rest = others
      return value
    })
    if (rest === before) break
  } while (rest.length > 0)
  return ran(0, out)
}

const exists = (call: Call, path: string): boolean => call.file(path) !== undefined || isFolder(call, path)
const isFolder = (call: Call, path: string): boolean => path === "/" || call.list(path).length > 0

const operands = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.slice(1).filter((word) => !word.startsWith("-") || word === "-")

const cat: Applet = (call) => {
  const paths = operands(call.argv)
  if (paths.length === 0) return ran(0, call.stdin)
  let out = ""
  let trouble = ""
  for (const path of paths) {
    const text = path === "-" ? call.stdin : call.file(absolute(call.cwd, path))
    if (text === undefined) trouble += `cat: can't open '${path}': No such file or directory\n`
    else out += text
  }
  return ran(trouble === "" ? 0 : 1, out, trouble)
}

const touch: Applet = (call) => {
  for (const path of operands(call.argv)) {
    const at = absolute(call.cwd, path)
    if (call.file(at) === undefined) call.write(at, "")
  }
  return ran(0)
}

const remove: Applet = (call) => {
  const forced = call.argv.some((word) => /^-[a-z]*f/.test(word))
  const deep = call.argv.some((word) => /^-[a-z]*[rR]/.test(word))
  const below = (path: string): void => {
    if (call.file(path) !== undefined) return call.write(path, undefined)
    for (const name of call.list(path)) below(`${path}/${name}`)
  }
  for (const path of operands(call.argv)) {
    const at = absolute(call.cwd, path)
    if (call.file(at) !== undefined || deep) below(at)
    else if (!forced) return ran(1, "", `rm: can't remove '${path}': No such file or directory\n`)
  }
  return ran(0)
}

const ls: Applet = (call) => {
  const [path = "."] = operands(call.argv)
  const at = absolute(call.cwd, path)
  if (call.file(at) !== undefined) return ran(0, `${path}\n`)
  if (!isFolder(call, at)) return ran(1, "", `ls: ${path}: No such file or directory\n`)
  const names = call.list(at).filter((name) => !name.startsWith("."))
  return ran(0, names.map((name) => `${name}\n`).join(""))
}

const unary = (call: Call, operator: string, value: string): boolean => {
  const path = absolute(call.cwd, value)
  switch (operator) {
    case "-n":
      return value !== ""
    case "-z":
      return value === ""
    case "-f":
    case "-r":
      return call.file(path) !== undefined
    case "-s":
      return (call.file(path) ?? "") !== ""
    case "-d":
      return call.file(path) === undefined && isFolder(call, path)
    default:
      return exists(call, path)
  }
}

const binary = (a: string, operator: string, b: string): boolean | undefined => {
  switch (operator) {
    case "=":
    case "==":
      return a === b
    case "!=":
      return a !== b
    case "-eq":
      return Number(a) === Number(b)
    case "-ne":
      return Number(a) !== Number(b)
    case "-lt":
      return Number(a) < Number(b)
    case "-le":
      return Number(a) <= Number(b)
    case "-gt":
      return Number(a) > Number(b)
    case "-ge":
      return Number(a) >= Number(b)
    default:
      return undefined
  }
}

/** `undefined`: the expression is none. */
const holds = (call: Call, words: ReadonlyArray<string>): boolean | undefined => {
  const or = words.indexOf("-o")
  if (or > 0) return holds(call, words.slice(0, or)) === true || holds(call, words.slice(or + 1)) === true
  const and = words.indexOf("-a")
  if (and > 0) return holds(call, words.slice(0, and)) === true && holds(call, words.slice(and + 1)) === true
  const [a = "", operator = "", b = ""] = words
  if (a === "!" && words.length > 1) return holds(call, words.slice(1)) !== true
  if (words.length === 3) return binary(a, operator, b)
  if (words.length === 2) return unary(call, a, operator)
  return words.length < 2 ? a !== "" : undefined
}

const test: Applet = (call) => {
  const [name = ""] = call.argv
  const words = call.argv.slice(1)
  if (name === "[" && words.pop() !== "]") return ran(2, "", "sh: missing ]\n")
  const result = holds(call, words)
  return result === undefined ? ran(2, "", `sh: ${words[0] ?? ""}: unknown operand\n`) : ran(result ? 0 : 1)
}

const lines = (text: string): ReadonlyArray<string> => (text === "" ? [] : text.replace(/\n$/u, "").split("\n"))

const inputOf = (call: Call, path: string | undefined): string | undefined =>
  path === undefined || path === "-" ? call.stdin : call.file(absolute(call.cwd, path))

const grep: Applet = (call) => {
  const flags = call.argv
    .slice(1)
    .filter((word) => word.startsWith("-"))
    .join("")
  const [pattern = "", path] = operands(call.argv)
  const text = inputOf(call, path)
  if (text === undefined) return ran(2, "", `grep: ${path ?? ""}: No such file or directory\n`)
  const wanted = new RegExp(
    flags.includes("F") ? pattern.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&") : pattern,
    flags.includes("i") ? "iu" : "u"
  )
  const found = lines(text).filter((line) => wanted.test(line) !== flags.includes("v"))
  const shown = flags.includes("q") ? "" : flags.includes("c") ? `${found.length}\n` : found.map((line) => `${line}\n`).join("")
  return ran(found.length === 0 ? 1 : 0, shown)
}

const headOrTail =
  (end: "first" | "last"): Applet =>
  (call) => {
    const { argv } = call
    if (end === "last" && argv.some((word) => /^-[a-z]*[fF]/.test(word))) return { _tag: "Forever" }
    if (end === "last" && argv.includes("/dev/zero")) return { _tag: "Fill" }
    const at = argv.indexOf("-n")
    const short = argv.find((word) => /^-\d+$/.test(word))
    const count = Number(at > 0 ? argv[at + 1] : (short?.slice(1) ?? 10))
    const path = operands(argv).find((word) => at < 0 || word !== argv[at + 1])
    const text = inputOf(call, path)
    if (text === undefined) return ran(1, "", `${argv[0] ?? ""}: ${path ?? ""}: No such file or directory\n`)
    const all = lines(text)
    const some = end === "first" ? all.slice(0, count) : all.slice(Math.max(0, all.length - count))
    return ran(0, some.map((line) => `${line}\n`).join(""))
  }

const wc: Applet = (call) => {
  const [path] = operands(call.argv)
  const text = inputOf(call, path)
  if (text === undefined) return ran(1, "", `wc: ${path ?? ""}: No such file or directory\n`)
  return ran(0, `${call.argv.includes("-c") ? text.length : text.split("\n").length - 1}${path === undefined ? "" : ` ${path}`}\n`)
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

const sleep: Applet = ({ argv }) => {
  if (argv[1] === "infinity" || argv[1] === "inf") return { _tag: "Forever" }
  let seconds = 0
  for (const word of argv.slice(1)) {
    const found = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(word)
    if (found === null) return ran(1, "", `sleep: invalid number '${word}'\n`)
    seconds += Number(found[1]) * (units[found[2] ?? ""] ?? 1)
  }
  return argv.length === 1
    ? ran(1, "", "BusyBox v1.35.0 multi-call binary.\n\nUsage: sleep [N]...\n")
    : { _tag: "Sleep", millis: seconds * 1000 }
}

const seq: Applet = ({ argv }) => {
  const numbers = argv.slice(1).map(Number)
  const [first, step, last] = numbers.length === 3 ? numbers : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : [1, 1, numbers[0]]
  const out: Array<string> = []
  for (let i = first ?? 1; i <= (last ?? 0) && out.length < 10_000; i += step === undefined || step <= 0 ? 1 : step) out.push(`${i}\n`)
  return ran(0, out.join(""))
}

const printed = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("")

const environment: Applet = ({ argv, env }) => {
  const [name] = operands(argv)
  if (name === undefined) return ran(0, printed(env))
  const value = env[name]
  return value === undefined ? ran(1) : ran(0, `${value}\n`)
}

const date: Applet = ({ argv, now }) =>
  ran(
    0,
    argv[1] === "+%s"
      ? `${Math.floor(now / 1000)}\n`
      : `${new Date(now).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/u, "$1 $3 $2 $5 UTC $4")}\n`
  )

const option = (argv: ReadonlyArray<string>, name: string): string | undefined => {
  const at = argv.findIndex((word) => word.startsWith(name))
  const word = argv[at]
  return word === undefined ? undefined : word.length > name.length ? word.slice(name.length) : argv[at + 1]
}

const httpd: Applet = ({ argv }) => ({
  _tag: "Serve",
  port: Number((option(argv, "-p") ?? "80").split(":").at(-1)),
  home: option(argv, "-h") ?? "/",
  then: argv.includes("-f") ? "forever" : "return"
})

const netcat: Applet = ({ argv }) => {
  const listening = argv.find((word) => /^-[a-z]*l/.test(word))
  if (listening !== undefined) return { _tag: "Serve", port: Number(option(argv, "-p") ?? argv.at(-1)), home: "/", then: "forever" }
  const [host = "", port = "0"] = argv.slice(1).filter((word, i, all) => !word.startsWith("-") && all[i - 1] !== "-w")
  return { _tag: "Dial", host, port: Number(port) }
}

const wget: Applet = (call) => {
  const { argv } = call
  const target = argv
    .slice(1)
    .filter((word, i, all) => !word.startsWith("-") && !["-O", "-T", "-o"].includes(all[i - 1] ?? ""))
    .at(-1)
  const url = URL.parse(/^https?:/.test(target ?? "") ? (target ?? "") : `http://${target ?? ""}`)
  if (url === null || target === undefined) return ran(1, "", `wget: bad address '${target ?? ""}'\n`)
  const where = option(argv, "-O") ?? argv.find((word) => /^-q?O-?$/.test(word))?.replace(/^-q?O/u, "")
  const toStandard = where === "-" || argv.some((word) => /^-q?O-$/.test(word))
  return {
    _tag: "Fetch",
    url,
    show: (text) => {
      if (toStandard) return ran(0, text)
      call.write(absolute(call.cwd, where ?? (url.pathname.split("/").at(-1) || "index.html")), text)
      return ran(0)
    }
  }
}

const applets: Readonly<Record<string, Applet>> = {
  ":": () => ran(0),
  "[": test,
  basename: ({ argv }) => ran(0, `${(argv[1] ?? "").replace(/\/$/u, "").split("/").at(-1) ?? ""}\n`),
  cat,
  chmod: () => ran(0),
  date,
  dirname: ({ argv }) => ran(0, `${(argv[1] ?? "").replace(/\/[^/]*$/u, "") || "."}\n`),
  echo,
  env: environment,
  false: () => ran(1),
  grep,
  head: headOrTail("first"),
  hostname: ({ hostname }) => ran(0, `${hostname}\n`),
  httpd,
  id: () => ran(0, "uid=0(root) gid=0(root) groups=0(root),10(wheel)\n"),
  ls,
  mkdir: (call) => {
    for (const path of operands(call.argv)) call.write(`${absolute(call.cwd, path)}/.keep`, "")
    return ran(0)
  },
  nc: netcat,
  printenv: environment,
  printf,
  pwd: ({ cwd }) => ran(0, `${cwd}\n`),
  rm: remove,
  seq,
  sleep,
  sync: () => ran(0),
  tail: headOrTail("last"),
  test,
  touch,
  true: () => ran(0),
  wc,
  wget,
  whoami: () => ran(0, "root\n")
}

/** By the last part of its path. */
export const appletNamed = (command: string): Applet | undefined => {
  const name = command.replace(/^.*\//u, "")
  return Object.hasOwn(applets, name) ? applets[name] : undefined
}
