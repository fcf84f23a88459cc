/** The tools by their names. */
import type { Applet } from "./Applet.ts"
import { lines, operands, ran } from "./Applet.ts"
import { cat, cp, ls, mkdir, mv, remove, tee, touch } from "./FileApplets.ts"
import { httpd, netcat, wget } from "./NetworkApplets.ts"
import { test } from "./TestApplet.ts"
import { cut, echo, grep, head, printf, sort, tail, tr, uniq, wc } from "./TextApplets.ts"
import { date } from "./DateApplet.ts"
import { dd } from "./Copy.ts"

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

/** As many as anybody reads. */
const mostNumbers = 10_000

const seq: Applet = ({ argv }) => {
  const numbers = argv.slice(1).map(Number)
  const [first = 1, step = 1, last = 0] =
    numbers.length === 3 ? numbers : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : [1, 1, numbers[0]]
  const count = step === 0 ? 0 : Math.floor((last - first) / step) + 1
  return ran(0, Array.from({ length: Math.min(mostNumbers, Math.max(0, count)) }, (_, i) => `${first + i * step}\n`).join(""))
}

const printed = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("")

const printenv: Applet = ({ argv, env }) => {
  const [name] = operands(argv)
  if (name === undefined) return ran(0, printed(env))
  const value = env[name]
  return value === undefined ? ran(1) : ran(0, `${value}\n`)
}

const env: Applet = ({ argv, env: variables }) => {
  const words = argv.slice(1).filter((word) => word !== "-i")
  const end = words.findIndex((word) => !word.includes("="))
  const more = Object.fromEntries(
    words.slice(0, end < 0 ? undefined : end).map((word) => [word.split("=")[0] ?? "", word.replace(/^[^=]*=/u, "")])
  )
  return end < 0 ? ran(0, printed({ ...variables, ...more })) : { _tag: "Run", argv: words.slice(end), env: more }
}

const xargs: Applet = ({ argv, stdin }) => {
  const words = argv.slice(1)
  const at = words.findIndex((word) => !word.startsWith("-"))
  const command = at < 0 ? ["echo"] : words.slice(at)
  return {
    _tag: "Run",
    argv: [...command, ...lines(stdin).flatMap((line) => line.split(/[ \t]+/u).filter((word) => word !== ""))],
    env: {}
  }
}

const nohup: Applet = ({ argv }) => ({ _tag: "Run", argv: argv.slice(1), env: {} })

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => Math.trunc(a / b),
  "%": (a, b) => a % b
}

const expr: Applet = ({ argv: [, a = "", operator = "", b = ""] }) => {
  const apply = operators[operator]
  if (apply === undefined) return ran(a === "" || a === "0" ? 1 : 0, `${a}\n`)
  if ((operator === "/" || operator === "%") && Number(b) === 0) return ran(2, "", "expr: division by zero\n")
  const value = apply(Number(a), Number(b))
  return Number.isNaN(value) ? ran(2, "", "expr: non-numeric argument\n") : ran(value === 0 ? 1 : 0, `${value}\n`)
}

const applets: Readonly<Record<string, Applet>> = {
  ":": () => ran(0),
  "[": test,
  basename: ({ argv }) => {
    const name = (argv[1] ?? "").replace(/\/$/u, "").split("/").at(-1) ?? ""
    return ran(0, `${argv[2] !== undefined && name.endsWith(argv[2]) ? name.slice(0, -argv[2].length) : name}\n`)
  },
  cat,
  chmod: () => ran(0),
  chown: () => ran(0),
  cp,
  cut,
  date,
  dd,
  dirname: ({ argv }) => ran(0, `${(argv[1] ?? "").includes("/") ? (argv[1] ?? "").replace(/\/[^/]*$/u, "") || "/" : "."}\n`),
  echo,
  env,
  expr,
  false: () => ran(1),
  grep,
  head,
  hostname: ({ hostname }) => ran(0, `${hostname}\n`),
  httpd,
  id: ({ argv }) => ran(0, argv[1] === "-u" || argv[1] === "-g" ? "0\n" : "uid=0(root) gid=0(root) groups=0(root),10(wheel)\n"),
  ls,
  mkdir,
  mv,
  nc: netcat,
  nohup,
  printenv,
  printf,
  pwd: ({ cwd }) => ran(0, `${cwd}\n`),
  rm: remove,
  seq,
  sleep,
  sort,
  sync: () => ran(0),
  tail,
  tee,
  test,
  touch,
  tr,
  true: () => ran(0),
  uname: ({ argv }) => ran(0, argv[1] === "-m" ? "x86_64\n" : "Linux\n"),
  uniq,
  wc,
  wget,
  whoami: () => ran(0, "root\n"),
  xargs,
  yes: () => ({ _tag: "Forever" })
}

/** By the last part of its path. */
export const appletNamed = (command: string): Applet | undefined => {
  const name = command.replace(/^.*\//u, "")
  return Object.hasOwn(applets, name) ? applets[name] : undefined
}
