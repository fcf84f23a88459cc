/**
 * The difference of two texts in lines, as the server prints it when a pod's update is refused. Its matches are those of Python's
 * `difflib` (Ratcliff and Obershelp, lines that are frequent in a long text set aside), because the chosen match decides what is printed.
 */

interface Match {
  readonly a: number
  readonly b: number
  readonly size: number
}

interface Change {
  readonly tag: "equal" | "replace" | "delete" | "insert"
  readonly a: readonly [from: number, to: number]
  readonly b: readonly [from: number, to: number]
}

type Lines = ReadonlyArray<string>

const positions = (b: Lines): ReadonlyMap<string, ReadonlyArray<number>> => {
  const out = new Map<string, Array<number>>()
  for (const [j, line] of b.entries()) {
    const known = out.get(line)
    if (known === undefined) out.set(line, [j])
    else known.push(j)
  }
  if (b.length >= 200) {
    const frequent = Math.floor(b.length / 100) + 1
    for (const [line, found] of out) if (found.length > frequent) out.delete(line)
  }
  return out
}

const matchesOf = (a: Lines, b: Lines): ReadonlyArray<Match> => {
  const where = positions(b)

  const longest = (aFrom: number, aTo: number, bFrom: number, bTo: number): Match => {
    let best: Match = { a: aFrom, b: bFrom, size: 0 }
    let lengths = new Map<number, number>()
    for (let i = aFrom; i < aTo; i++) {
      const next = new Map<number, number>()
      for (const j of where.get(a[i] ?? "") ?? []) {
        if (j < bFrom) continue
        if (j >= bTo) break
        const size = (lengths.get(j - 1) ?? 0) + 1
        next.set(j, size)
        if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
      }
      lengths = next
    }
    let { a: i, b: j, size } = best
    while (i > aFrom && j > bFrom && a[i - 1] === b[j - 1]) {
      i--
      j--
      size++
    }
    while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size++
    return { a: i, b: j, size }
  }

  const collect = (aFrom: number, aTo: number, bFrom: number, bTo: number): ReadonlyArray<Match> => {
    const found = longest(aFrom, aTo, bFrom, bTo)
    if (found.size === 0) return []
    const { a: i, b: j, size } = found
    return [
      ...(aFrom < i && bFrom < j ? collect(aFrom, i, bFrom, j) : []),
      found,
      ...(i + size < aTo && j + size < bTo ? collect(i + size, aTo, j + size, bTo) : [])
    ]
  }

  const joined: Array<Match> = []
  for (const match of collect(0, a.length, 0, b.length)) {
    const last = joined.at(-1)
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b) {
      joined[joined.length - 1] = { ...last, size: last.size + match.size }
    } else joined.push(match)
  }
  return [...joined, { a: a.length, b: b.length, size: 0 }]
}

const changesOf = (a: Lines, b: Lines): ReadonlyArray<Change> => {
  const out: Array<Change> = []
  let i = 0
  let j = 0
  for (const match of matchesOf(a, b)) {
    if (i < match.a || j < match.b) {
      const tag = i < match.a ? (j < match.b ? "replace" : "delete") : "insert"
      out.push({ tag, a: [i, match.a], b: [j, match.b] })
    }
    i = match.a + match.size
    j = match.b + match.size
    if (match.size > 0) out.push({ tag: "equal", a: [match.a, i], b: [match.b, j] })
  }
  return out
}

const context = 3

/** Changes with at most three equal lines around them. */
const hunksOf = (changes: ReadonlyArray<Change>): ReadonlyArray<ReadonlyArray<Change>> => {
  const hunks: Array<Array<Change>> = []
  let hunk: Array<Change> = []
  for (const [index, change] of changes.entries()) {
    let { a, b } = change
    const first = index === 0
    const last = index === changes.length - 1
    if (change.tag === "equal") {
      if (first) {
        a = [Math.max(a[0], a[1] - context), a[1]]
        b = [Math.max(b[0], b[1] - context), b[1]]
      }
      if (last) {
        a = [a[0], Math.min(a[1], a[0] + context)]
        b = [b[0], Math.min(b[1], b[0] + context)]
      }
      if (a[1] - a[0] > 2 * context) {
        hunk.push({ tag: "equal", a: [a[0], a[0] + context], b: [b[0], b[0] + context] })
        hunks.push(hunk)
        hunk = []
        a = [a[1] - context, a[1]]
        b = [b[1] - context, b[1]]
      }
    }
    hunk.push({ tag: change.tag, a, b })
  }
  hunks.push(hunk)
  return hunks.filter((one) => one.some((change) => change.tag !== "equal"))
}

const range = (from: number, to: number): string => {
  const length = to - from
  return length === 1 ? String(from + 1) : `${length === 0 ? from : from + 1},${length}`
}

/** Empty when they are equal; otherwise ends in a line break. */
export const unifiedDiff = (before: string, after: string): string => {
  const a = before.split("\n")
  const b = after.split("\n")
  let out = ""
  for (const hunk of hunksOf(changesOf(a, b))) {
    const [first] = hunk
    const last = hunk.at(-1)
    out += `@@ -${range(first?.a[0] ?? 0, last?.a[1] ?? 0)} +${range(first?.b[0] ?? 0, last?.b[1] ?? 0)} @@\n`
    for (const { a: old, b: next, tag } of hunk) {
      if (tag === "equal") for (const line of a.slice(...old)) out += ` ${line}\n`
      if (tag === "replace" || tag === "delete") for (const line of a.slice(...old)) out += `-${line}\n`
      if (tag === "replace" || tag === "insert") for (const line of b.slice(...next)) out += `+${line}\n`
    }
  }
  return out
}
