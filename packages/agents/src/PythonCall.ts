/**
 * Reads one call in Python's notation with literal arguments, such as `submit(["geo"], why="x")`. Total: whatever the text, it answers with
 * a call or a sentence why there is none. Literals are strings (also raw, triple-quoted and adjacent ones), numbers, True, False, None, lists,
 * tuples, sets and dicts; JSON's true, false and null are taken as well.
 */
import type { Json } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"

export interface Call {
  readonly name: string
  readonly args: ReadonlyArray<Json>
  readonly kwargs: Readonly<Record<string, Json>>
}

/** Deeper values are refused, so that no input exhausts the stack. */
const maxDepth = 64

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
  "0": "\0",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": ""
}
const codes: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null, true: true, false: false, null: null }

class Mistake {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

class Reader {
  private at = 0
  private readonly text: string
  constructor(text: string) {
    this.text = text
  }

  call(): Call | Mistake {
    this.space()
    const name = this.take(/[A-Za-z_]\w*/uy)
    if (name === "") return new Mistake("it does not begin with the name of an action")
    this.space()
    if (!this.eat("(")) return new Mistake(`there is no "(" after ${name}`)
    const args: Array<Json> = []
    const kwargs = new Map<string, Json>()
    for (this.space(); !this.eat(")"); this.space()) {
      const key = this.take(/[A-Za-z_]\w*(?=\s*=(?!=))/uy)
      if (key !== "") {
        this.space()
        this.at++
        this.space()
      }
      const value = this.value(0)
      if (value instanceof Mistake) return value
      if (key !== "") kwargs.set(key, value.json)
      else if (kwargs.size > 0) return new Mistake("a positional argument follows a keyword argument")
      else args.push(value.json)
      this.space()
      if (!this.eat(",") && this.text[this.at] !== ")")
        return new Mistake(this.done() ? 'the closing ")" is missing' : `"," or ")" is expected before ${this.next()}`)
    }
    this.space()
    if (!this.eat(";")) this.space()
    this.space()
    return this.done() ? { name, args, kwargs: Object.fromEntries(kwargs) } : new Mistake(`there is more after the call: ${this.next()}`)
  }

  private value(depth: number): { readonly json: Json } | Mistake {
    if (depth > maxDepth) return new Mistake("the arguments are nested too deeply")
    const letter = this.text[this.at] ?? ""
    if (letter === "[") return this.list("]", depth)
    if (letter === "(") return this.list(")", depth)
    if (letter === "{") return this.dict(depth)
    const prefix = /^[rRbBuUfF]{1,2}(?=["'])/u.exec(this.text.slice(this.at, this.at + 3))?.[0]
    if (letter === '"' || letter === "'" || prefix !== undefined) return this.strings()
    const number = this.take(/[-+]?(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][-+]?\d+)?)/uy)
    if (number !== "") {
      const value = Number(number.replaceAll("_", ""))
      return Number.isFinite(value) ? { json: value } : new Mistake(`${number} is not a number`)
    }
    const word = this.take(/[A-Za-z_]\w*/uy)
    const known = words[word]
    if (known !== undefined && Object.hasOwn(words, word)) return { json: known }
    return new Mistake(
      word === "" ? (this.done() ? "an argument is missing" : `${this.next()} is no value`) : `${word} is not a value; put texts in quotes`
    )
  }

  private list(close: string, depth: number): { readonly json: Json } | Mistake {
    this.at++
    const items: Array<Json> = []
    let commas = 0
    for (this.space(); !this.eat(close); this.space()) {
      const item = this.value(depth + 1)
      if (item instanceof Mistake) return item
      items.push(item.json)
      this.space()
      if (this.eat(",")) commas++
      else if (this.text[this.at] !== close) return new Mistake(`a "${close}" is missing`)
    }
    const [first] = items
    return close === ")" && commas === 0 && items.length === 1 && first !== undefined ? { json: first } : { json: items }
  }

  private dict(depth: number): { readonly json: Json } | Mistake {
    this.at++
    const entries = new Map<string, Json>()
    const members: Array<Json> = []
    for (this.space(); !this.eat("}"); this.space()) {
      const key = this.value(depth + 1)
      if (key instanceof Mistake) return key
      this.space()
      if (this.eat(":")) {
        this.space()
        const value = this.value(depth + 1)
        if (value instanceof Mistake) return value
        entries.set(typeof key.json === "string" ? key.json : JSON.stringify(key.json), value.json)
      } else members.push(key.json)
      this.space()
      if (!this.eat(",") && this.text[this.at] !== "}") return new Mistake('a "}" is missing')
    }
    return { json: members.length > 0 && entries.size === 0 ? members : Object.fromEntries(entries) }
  }

  /** Adjacent strings are one. */
  private strings(): { readonly json: Json } | Mistake {
    let all = ""
    for (;;) {
      const start = this.at
      const prefix = this.take(/[rRbBuUfF]{0,2}(?=["'])/uy)
      const quote = this.text[this.at]
      if (quote !== '"' && quote !== "'") {
        this.at = start
        return { json: all }
      }
      const end = this.text.startsWith(quote.repeat(3), this.at) ? quote.repeat(3) : quote
      this.at += end.length
      const part = this.string(end, /[rR]/u.test(prefix) ? "raw" : "escapes")
      if (part instanceof Mistake) return part
      all += part.text
      this.space()
    }
  }

  private string(end: string, escapes: "escapes" | "raw"): { readonly text: string } | Mistake {
    let out = ""
    while (!this.done()) {
      if (this.text.startsWith(end, this.at)) {
        this.at += end.length
        return { text: out }
      }
      const letter = this.text[this.at++] ?? ""
      if (letter === "\n" && end.length === 1) return new Mistake("a text is not closed before the end of its line")
      if (letter !== "\\") out += letter
      else if (escapes === "raw") out += letter + (this.text[this.at++] ?? "")
      else out += this.escape()
    }
    return new Mistake("a text is not closed")
  }

  private escape(): string {
    const letter = this.text[this.at++] ?? ""
    const length = codes[letter]
    if (length !== undefined && Object.hasOwn(codes, letter)) {
      const digits = this.text.slice(this.at, this.at + length)
      const code = Number.parseInt(digits, 16)
      if (/^[0-9a-fA-F]+$/u.test(digits) && digits.length === length && code <= 0x10ffff) {
        this.at += length
        return String.fromCodePoint(code)
      }
    }
    return Object.hasOwn(simpleEscapes, letter) ? (simpleEscapes[letter] ?? "") : `\\${letter}`
  }

  private space(): void {
    this.take(/(?:\s|#[^\n]*|\\\n)*/uy)
  }
  private eat(letter: string): boolean {
    if (this.text[this.at] !== letter) return false
    this.at++
    return true
  }
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ""
    this.at += found.length
    return found
  }
  private done(): boolean {
    return this.at >= this.text.length
  }
  private next(): string {
    return JSON.stringify(this.text.slice(this.at, this.at + 20))
  }
}

/** The failure is the end of a sentence: "… because <failure>". */
export const parse = (text: string): Result.Result<Call, string> => {
  const call = new Reader(text).call()
  return call instanceof Mistake ? Result.fail(call.why) : Result.succeed(call)
}
