/**
 * The unified diff that some refusals end with: of two specs as indented JSON, with three lines around what differs. Blocks that stay
 * are found as difflib finds them: the longest first, then left and right of it.
 */

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

type Lines = ReadonlyArray<string>

const longest = (a: Lines, b: Lines, from: Block, to: Block): Block => {
  let best: Block = { a: from.a, b: from.b, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = from.a; i < to.a; i++) {
    const next = new Map<number, number>()
    for (let j = from.b; j < to.b; j++) {
      if (a[i] !== b[j]) continue
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  return best
}

const blocks = (a: Lines, b: Lines, from: Block, to: Block): ReadonlyArray<Block> => {
  const found = longest(a, b, from, to)
  if (found.size === 0) return []
  const end = { a: found.a + found.size, b: found.b + found.size, size: 0 }
  return [...blocks(a, b, from, found), found, ...blocks(a, b, end, to)]
}

interface Step {
  readonly mark: " " | "-" | "+"
  readonly text: string
  readonly a: number
  readonly b: number
}

const steps = (a: Lines, b: Lines): ReadonlyArray<Step> => {
  const out: Array<Step> = []
  let i = 0
  let j = 0
  for (const { a: x, b: y, size } of [...blocks(a, b, start, { a: a.length, b: b.length, size: 0 }), { a: a.length, b: b.length, size: 0 }]) {
    for (; i < x; i++) out.push({ mark: "-", text: a[i] ?? "", a: i, b: j })
    for (; j < y; j++) out.push({ mark: "+", text: b[j] ?? "", a: i, b: j })
    for (let n = 0; n < size; n++, i++, j++) out.push({ mark: " ", text: a[i] ?? "", a: i, b: j })
  }
  return out
}

const start: Block = { a: 0, b: 0, size: 0 }
const context = 3

const range = (from: number, length: number): string =>
  length === 1 ? String(from + 1) : `${length === 0 ? from : from + 1},${length}`

/** Empty when nothing differs. Lines are those of the two texts. */
export const unifiedDiff = (before: string, after: string): string => {
  const all = steps(before.split("\n"), after.split("\n"))
  const near = all.map((_, i) => all.slice(Math.max(0, i - context), i + context + 1).some((step) => step.mark !== " "))
  let out = ""
  for (let i = 0; i < all.length; ) {
    if (near[i] !== true) {
      i++
      continue
    }
    let end = i
    while (near[end] === true) end++
    const hunk = all.slice(i, end)
    const first = hunk[0]
    const old = hunk.filter((step) => step.mark !== "+").length
    const fresh = hunk.filter((step) => step.mark !== "-").length
    out += `@@ -${range(first?.a ?? 0, old)} +${range(first?.b ?? 0, fresh)} @@\n`
    for (const step of hunk) out += `${step.mark}${step.text}\n`
    i = end
  }
  return out
}
