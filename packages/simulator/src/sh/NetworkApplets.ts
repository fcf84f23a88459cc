/** Tools that speak over the network, and those that serve it. */
import type { Applet } from "./Applet.ts"
import { absolute, inputOf, ran } from "./Applet.ts"

const option = (argv: ReadonlyArray<string>, name: string): string | undefined => {
  const at = argv.findIndex((word) => word.startsWith(name))
  const word = argv[at]
  return word === undefined ? undefined : word.length > name.length ? word.slice(name.length) : argv[at + 1]
}

export const httpd: Applet = ({ argv }) => ({
  _tag: "Serve",
  port: Number((option(argv, "-p") ?? "80").split(":").at(-1)),
  home: option(argv, "-h") ?? "/",
  then: argv.includes("-f") ? "forever" : "return"
})

export const netcat: Applet = ({ argv }) => {
  const listening = argv.find((word) => /^-[a-z]*l/.test(word))
  if (listening !== undefined) return { _tag: "Serve", port: Number(option(argv, "-p") ?? argv.at(-1)), home: undefined, then: "forever" }
  const [host = "", port = "0"] = argv.slice(1).filter((word, i, all) => !word.startsWith("-") && all[i - 1] !== "-w")
  return { _tag: "Dial", host, port: Number(port) }
}

/** Options of wget that take a value, in the next word or behind `=`. */
const valued: ReadonlySet<string> = new Set(["-O", "-T", "-o", "-P", "-U", "-Y", "--post-data", "--post-file", "--header", "--timeout"])

export const wget: Applet = (call) => {
  const { argv } = call
  const isValue = (at: number): boolean => valued.has(argv[at - 1] ?? "")
  const valueOf = (name: string): string | undefined => {
    const at = argv.findIndex((word, i) => i > 0 && !isValue(i) && (word === name || word.startsWith(`${name}=`)))
    return argv[at] === name ? argv[at + 1] : argv[at]?.slice(name.length + 1)
  }
  const target = argv.findLast((word, at) => at > 0 && !word.startsWith("-") && !isValue(at))
  const url = URL.parse(/^https?:/.test(target ?? "") ? (target ?? "") : `http://${target ?? ""}`)
  if (url === null || target === undefined) return ran(1, "", `wget: bad address '${target ?? ""}'\n`)
  const file = valueOf("--post-file")
  const sent = file === undefined ? valueOf("--post-data") : inputOf(call, file)
  if (file !== undefined && sent === undefined) return ran(1, "", `wget: can't open '${file}': No such file or directory\n`)
  const where = option(argv, "-O") ?? argv.find((word) => /^-q?O-?$/.test(word))?.replace(/^-q?O/u, "")
  const toStandard = where === "-" || argv.some((word) => /^-q?O-$/.test(word))
  return {
    _tag: "Fetch",
    url,
    body: sent,
    show: (text) => {
      if (toStandard) return ran(0, text)
      call.write(absolute(call.cwd, where ?? (url.pathname.split("/").at(-1) || "index.html")), text)
      return ran(0)
    }
  }
}
