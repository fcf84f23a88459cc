/** `dd`. */
import type { Applet } from "./Applet.ts"
import { absolute, inputOf, ran } from "./Applet.ts"

const units: Readonly<Record<string, number>> = { "": 1, c: 1, w: 2, b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

const sized = (text: string): number | undefined => {
  const [, digits = "", unit = ""] = /^(\d+)([cwbkKMG]?)$/u.exec(text) ?? []
  return digits === "" ? undefined : Number(digits) * (units[unit] ?? 1)
}

/** Text of this length is the most that a file here can hold. */
const mostBytes = 2 ** 28

const endless: ReadonlySet<string> = new Set(["/dev/zero", "/dev/urandom", "/dev/random"])

/** Random bytes are zeros here. */
export const dd: Applet = (call) => {
  const given = new Map(call.argv.slice(1).map((word) => [word.replace(/=.*$/u, ""), word.replace(/^[^=]*=/u, "")]))
  const size = sized(given.get("bs") ?? "512") ?? 0
  const count = given.get("count") === undefined ? undefined : (sized(given.get("count") ?? "") ?? 0)
  const [from, to] = [given.get("if"), given.get("of")]
  const isEndless = from !== undefined && endless.has(from)
  const isKept = to !== undefined && !to.startsWith("/dev/")
  // it would go on until there is no room any more
  if (isEndless && count === undefined && !isKept) return { _tag: "Forever" }
  const asked = count === undefined ? Infinity : count * size
  const source = isEndless ? undefined : inputOf(call, from)
  if (!isEndless && source === undefined) return ran(1, "", `dd: can't open '${from ?? ""}': No such file or directory\n`)
  const bytes = Math.min(asked, source?.length ?? Infinity)
  const held = Math.min(bytes, isKept ? mostBytes : bytes)
  const said = (length: number): string => {
    const records = `${Math.floor(length / size)}+${length % size === 0 ? 0 : 1}`
    return `${records} records in\n${records} records out\n`
  }
  if (!isKept) return ran(0, to === undefined ? (source?.slice(0, bytes) ?? "\0".repeat(Math.min(bytes, mostBytes))) : "", said(bytes))
  const why = call.write(absolute(call.cwd, to), source?.slice(0, held) ?? "\0".repeat(held))
  if (why !== undefined) return ran(1, "", `dd: can't open '${to}': ${why}\n`)
  return held < bytes ? ran(1, "", `dd: error writing '${to}': No space left on device\n${said(held)}`) : ran(0, "", said(bytes))
}
