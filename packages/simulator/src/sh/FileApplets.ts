/** Tools that look at files and change them. */
import type { Applet, Call, Ran } from "./Applet.ts"
import { absolute, inputOf, isFolder, operands, ran } from "./Applet.ts"

export const cat: Applet = (call) => {
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

/** Does something to each of these, and says what stood in the way. */
const each = (paths: ReadonlyArray<string>, one: (path: string) => string | undefined, stdout = ""): Ran => {
  const trouble = paths.flatMap((path) => one(path) ?? [])
  return ran(trouble.length === 0 ? 0 : 1, stdout, trouble.map((line) => `${line}\n`).join(""))
}

export const touch: Applet = (call) =>
  each(operands(call.argv), (path) => {
    const at = absolute(call.cwd, path)
    const why = call.write(at, call.file(at) ?? "")
    return why === undefined ? undefined : `touch: ${path}: ${why}`
  })

export const remove: Applet = (call) => {
  const forced = call.argv.some((word) => /^-[a-z]*f/.test(word))
  const deep = call.argv.some((word) => /^-[a-z]*[rR]/.test(word))
  const below = (path: string): string | undefined => {
    if (call.file(path) !== undefined) {
      const why = call.write(path, undefined)
      return why === undefined ? undefined : `rm: can't remove '${path}': ${why}`
    }
    return call.list(path).reduce<string | undefined>((why, name) => below(`${path}/${name}`) ?? why, undefined)
  }
  return each(operands(call.argv), (path) => {
    const at = absolute(call.cwd, path)
    if (call.file(at) !== undefined || deep) return below(at)
    return forced ? undefined : `rm: can't remove '${path}': No such file or directory`
  })
}

export const ls: Applet = (call) => {
  const [path = "."] = operands(call.argv)
  const at = absolute(call.cwd, path)
  if (call.file(at) !== undefined) return ran(0, `${path}\n`)
  if (!isFolder(call, at)) return ran(1, "", `ls: ${path}: No such file or directory\n`)
  const names = call.list(at).filter((name) => !name.startsWith("."))
  return ran(0, names.map((name) => `${name}\n`).join(""))
}

const nameIn = (path: string): string => path.replace(/\/+$/u, "").split("/").at(-1) ?? ""

/** The files under a path, by the rest of their paths; a file itself by the empty one. */
const under = (call: Call, path: string): ReadonlyArray<readonly [string, string]> => {
  const text = call.file(path)
  if (text !== undefined) return [["", text]]
  return call.list(path).flatMap((name) => under(call, `${path}/${name}`).map(([rest, one]) => [`/${name}${rest}`, one] as const))
}

const transfer =
  (kind: "cp" | "mv"): Applet =>
  (call) => {
    const words = operands(call.argv)
    const target = words.at(-1)
    if (words.length < 2 || target === undefined) return ran(1, "", `${kind}: missing file operand\n`)
    const to = absolute(call.cwd, target)
    let trouble = ""
    for (const word of words.slice(0, -1)) {
      const from = absolute(call.cwd, word)
      const found = under(call, from)
      if (found.length === 0) trouble += `${kind}: can't ${kind === "cp" ? "stat" : "rename"} '${word}': No such file or directory\n`
      const into = isFolder(call, to) ? `${to === "/" ? "" : to}/${nameIn(word)}` : to
      for (const [rest, text] of found) {
        const why = call.write(`${into}${rest}`, text)
        if (why !== undefined) {
          trouble += `${kind}: can't create '${into}${rest}': ${why}\n`
          break
        }
        if (kind === "mv") call.write(`${from}${rest}`, undefined)
      }
    }
    return ran(trouble === "" ? 0 : 1, "", trouble)
  }

export const cp = transfer("cp")
export const mv = transfer("mv")

/** Folders are what files are in: an empty one holds a file that nobody lists. */
export const mkdir: Applet = (call) =>
  each(operands(call.argv), (path) => {
    const at = absolute(call.cwd, path)
    const why = isFolder(call, at) ? undefined : call.write(`${at}/.keep`, "")
    return why === undefined ? undefined : `mkdir: can't create directory '${path}': ${why}`
  })

export const tee: Applet = (call) => {
  const isAppending = call.argv.includes("-a")
  return each(
    operands(call.argv),
    (path) => {
      const why = call.write(absolute(call.cwd, path), isAppending ? `${inputOf(call, path) ?? ""}${call.stdin}` : call.stdin)
      return why === undefined ? undefined : `tee: ${path}: ${why}`
    },
    call.stdin
  )
}
