/**
 * A set of paths into an object, as a trie whose nodes are sorted. Immutable; parts that an operation keeps are shared. No node is
 * without meaning: each is a member or has members below it.
 */
import type { Element, Path } from "./Element.ts"
import { compare } from "./Element.ts"

export interface Node {
  readonly element: Element
  /** Whether the path that ends here is in the set. */
  readonly member: boolean
  readonly children: FieldSet
}

export type FieldSet = ReadonlyArray<Node>

export const empty: FieldSet = []

export const isEmpty = (set: FieldSet): boolean => set.length === 0

const kept = (node: Node): Node | undefined => (node.member || node.children.length > 0 ? node : undefined)

interface Rule {
  readonly left: (node: Node) => Node | undefined
  readonly right: (node: Node) => Node | undefined
  readonly both: (a: Node, b: Node) => Node | undefined
}

/** Walks two sets side by side. */
const zip = (a: FieldSet, b: FieldSet, rule: Rule): FieldSet => {
  const out: Array<Node> = []
  const push = (node: Node | undefined): void => {
    if (node !== undefined) out.push(node)
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const left = a[i]
    const right = b[j]
    const order = left === undefined ? 1 : right === undefined ? -1 : compare(left.element, right.element)
    if (left !== undefined && order < 0) {
      push(rule.left(left))
      i++
    } else if (right !== undefined && order > 0) {
      push(rule.right(right))
      j++
    } else if (left !== undefined && right !== undefined) {
      push(rule.both(left, right))
      i++
      j++
    }
  }
  return out
}

const keep = (node: Node): Node => node
const drop = (): undefined => undefined

export const union = (a: FieldSet, b: FieldSet): FieldSet =>
  a.length === 0
    ? b
    : b.length === 0
      ? a
      : zip(a, b, {
          left: keep,
          right: keep,
          both: (x, y) => kept({ element: x.element, member: x.member || y.member, children: union(x.children, y.children) })
        })

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  zip(a, b, {
    left: drop,
    right: drop,
    both: (x, y) => kept({ element: x.element, member: x.member && y.member, children: intersection(x.children, y.children) })
  })

/** The paths of `a` that are not in `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  b.length === 0
    ? a
    : zip(a, b, {
        left: keep,
        right: drop,
        both: (x, y) => kept({ element: x.element, member: x.member && !y.member, children: difference(x.children, y.children) })
      })

/** The paths of `a` that neither are in `b` nor begin with one of `b`. */
export const without = (a: FieldSet, b: FieldSet): FieldSet =>
  b.length === 0
    ? a
    : zip(a, b, {
        left: keep,
        right: drop,
        both: (x, y) => (y.member ? undefined : kept({ element: x.element, member: x.member, children: without(x.children, y.children) }))
      })

export const find = (set: FieldSet, element: Element): Node | undefined => {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const node = set[middle]
    const order = node === undefined ? 1 : compare(node.element, element)
    if (order === 0) return node
    if (order < 0) low = middle + 1
    else high = middle
  }
  return undefined
}

export const has = (set: FieldSet, path: Path): boolean => {
  let here = set
  for (const [i, element] of path.entries()) {
    const node = find(here, element)
    if (node === undefined) return false
    if (i === path.length - 1) return node.member
    here = node.children
  }
  return false
}

export const equals = (a: FieldSet, b: FieldSet): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((node, i) => {
      const other = b[i]
      return (
        other !== undefined &&
        node.element.text === other.element.text &&
        node.member === other.member &&
        equals(node.children, other.children)
      )
    }))

/** The order of the real server: the members of a level, then what is below them. */
export const paths = (set: FieldSet): ReadonlyArray<Path> => {
  const out: Array<Path> = []
  const walk = (here: FieldSet, prefix: Path): void => {
    for (const { element, member } of here) if (member) out.push([...prefix, element])
    for (const { children, element } of here) if (children.length > 0) walk(children, [...prefix, element])
  }
  walk(set, [])
  return out
}

interface Collected {
  readonly element: Element
  member: boolean
  below: Map<string, Collected> | undefined
}

const built = (nodes: ReadonlyMap<string, Collected>): FieldSet => {
  const out: Array<Node> = []
  for (const { below, element, member } of nodes.values()) {
    out.push({ element, member, children: below === undefined ? empty : built(below) })
  }
  return out.sort((a, b) => compare(a.element, b.element))
}

/** Collects paths in any order. */
export class Builder {
  readonly #nodes = new Map<string, Collected>()

  add(path: Path): this {
    let nodes = this.#nodes
    let last: Collected | undefined
    for (const element of path) {
      if (last !== undefined) nodes = last.below ??= new Map()
      last = nodes.get(element.text)
      if (last === undefined) nodes.set(element.text, (last = { element, member: false, below: undefined }))
    }
    if (last !== undefined) last.member = true
    return this
  }

  build(): FieldSet {
    return this.#nodes.size === 0 ? empty : built(this.#nodes)
  }
}

export const of = (all: Iterable<Path>): FieldSet => {
  const builder = new Builder()
  for (const path of all) builder.add(path)
  return builder.build()
}
