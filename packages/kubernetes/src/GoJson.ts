/**
 * The text of a JSON document as Go's decoder looks at it: in which order its fields stand, which it repeats, and what is wrong with it in that
 * decoder's words. The value itself comes from `JSON.parse`, which knows neither.
 */

import { quoted } from "./apply/GoText.ts"

export interface Scanned {
  /** Every field in the order of the text, as `spec.containers[0].name`; a repeated one again. */
  readonly fields: ReadonlyArray<string>
  readonly error: string | undefined
}

interface Frame {
  readonly kind: "object" | "array"
  readonly path: string
  /** Of an array: the index of the item that stands now. */
  index: number
}

const blank = /[ \t\r\n]*/y
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y
const simple = /^[^"\\]*$/

const at = (pattern: RegExp, text: string, position: number): string | undefined => {
  pattern.lastIndex = position
  return pattern.exec(text)?.[0]
}

/** A byte as Go's decoder quotes it. */
const shown = (byte: string): string => (byte === "'" ? `'\\''` : byte === '"' ? `'"'` : `'${quoted(byte).slice(1, -1)}'`)

/**
 * How deep objects and lists may lie in each other. The real server allows 10,000 levels; what walks an object here is written as a function
 * that calls itself, and must not run out of stack.
 */
export const maxDepth = 1_000

/** Whether a document goes deeper than that, if it is one. */
export const isTooDeep = (text: string): boolean => {
  if (text.length < 2 * maxDepth) return false
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (quoted) {
      if (character === "\\") i++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === "{" || character === "[") {
      if (++depth > maxDepth) return true
    } else if (character === "}" || character === "]") depth--
  }
  return false
}

/** What Go says of a character that can't stand where it stands. */
const complaint = (text: string, position: number, context: string): string => {
  const character = text[position]
  return character === undefined ? "unexpected end of JSON input" : `invalid character ${shown(character)} ${context}`
}

/** Of a string or a scalar that begins but does not end. */
const broken = (text: string, position: number): string => {
  if (text[position] === '"') {
    const control = /[\u0000-\u001f]/.exec(text.slice(position + 1))
    const escape = /\\[^"\\/bfnrtu]/.exec(text.slice(position + 1))
    if (escape !== null && (control === null || escape.index < control.index)) {
      return `invalid character ${shown(escape[0].slice(1))} in string escape code`
    }
    return control === null ? "unexpected end of JSON input" : `invalid character ${shown(control[0])} in string literal`
  }
  for (const literal of ["true", "false", "null"]) {
    if (text[position] !== literal[0]) continue
    let same = 1
    while (same < literal.length && text[position + same] === literal[same]) same++
    return complaint(text, position + same, `in literal ${literal} (expecting ${shown(literal[same] ?? "")})`)
  }
  return text[position] === "-"
    ? complaint(text, position + 1, "in numeric literal")
    : complaint(text, position, "looking for beginning of value")
}

/** What is wrong with a text, in Go's words; it looks at bytes. */
export const errorOf = (text: string): string | undefined => scan(Buffer.from(text, "utf8").toString("latin1")).error

/** Of an error the words are right where each character is a byte. */
export const scan = (text: string): Scanned => {
  const fields: Array<string> = []
  const stack: Array<Frame> = []
  let position = 0
  let path = ""
  const skip = (): void => void (position += at(blank, text, position)?.length ?? 0)
  const fail = (error: string): Scanned => ({ fields, error })

  /** Reads `"name":` of an object; gives what is wrong. */
  const name = (): string | undefined => {
    skip()
    const found = text[position] === '"' ? at(string, text, position) : undefined
    if (found === undefined) {
      return text[position] === '"' ? broken(text, position) : complaint(text, position, "looking for beginning of object key string")
    }
    position += found.length
    skip()
    if (text[position] !== ":") return complaint(text, position, "after object key")
    position++
    const inner = found.slice(1, -1)
    const parent = stack.at(-1)?.path ?? ""
    const key = simple.test(inner) ? inner : String(JSON.parse(found))
    path = parent === "" ? key : `${parent}.${key}`
    fields.push(path)
    return undefined
  }

  for (;;) {
    skip()
    const character = text[position]
    let opened = false
    if (character === "{" || character === "[") {
      const kind = character === "{" ? "object" : "array"
      if (stack.length === maxDepth) return fail(complaint(text, position, "exceeded max depth"))
      stack.push({ kind, path, index: 0 })
      position++
      skip()
      opened = text[position] !== (kind === "object" ? "}" : "]")
      if (opened && kind === "array") path = `${path}[0]`
      const wrong = opened && kind === "object" ? name() : undefined
      if (wrong !== undefined) return fail(wrong)
    } else {
      const found = character === '"' ? at(string, text, position) : at(scalar, text, position)
      if (found === undefined || found === "") return fail(broken(text, position))
      position += found.length
    }
    if (opened) continue
    // after a value: close what ends here, then the next item
    for (;;) {
      skip()
      const frame = stack.at(-1)
      if (frame === undefined)
        return position === text.length ? { fields, error: undefined } : fail(complaint(text, position, "after top-level value"))
      if (text[position] === (frame.kind === "object" ? "}" : "]")) {
        position++
        stack.pop()
        continue
      }
      if (text[position] !== ",")
        return fail(complaint(text, position, frame.kind === "object" ? "after object key:value pair" : "after array element"))
      position++
      if (frame.kind === "array") {
        frame.index++
        path = `${frame.path}[${frame.index}]`
      } else {
        const wrong = name()
        if (wrong !== undefined) return fail(wrong)
      }
      break
    }
  }
}
