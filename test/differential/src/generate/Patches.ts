/** Patches drawn by seed over the rich object: JSON operations, merges with nulls, strategic merges with their directives. Dry runs. */
import { patchTypes } from "@aiopslab/core/Kubernetes"
import type { Field } from "@aiopslab/kubernetes/scheme/Type"
import { isArray, isRecord, records } from "@aiopslab/kubernetes/Json"
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import type { Scenario, Step } from "../Step.ts"
import * as Tree from "../Tree.ts"
import type { Node } from "./Mutations.ts"
import { changesOf, nodesOf } from "./Mutations.ts"
import type { Random } from "./Random.ts"
import { random } from "./Random.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, scenario, stage, step } from "./Subject.ts"

const pointer = (path: Tree.Path): string => path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

const another = (chance: Random, node: Node): unknown => {
  const values = changesOf(node).filter((change) => "value" in change)
  return chance.pick(values)?.value ?? node.value
}

const operations = (chance: Random, nodes: ReadonlyArray<Node>): ReadonlyArray<JsonRecord> =>
  Array.from({ length: 1 + chance.below(3) }, () => {
    const [node, target] = [chance.pick(nodes), chance.pick(nodes)]
    if (node === undefined || target === undefined) return {}
    const path = pointer(node.path)
    switch (chance.below(7)) {
      case 0:
        return { op: "test", path, value: node.value }
      case 1:
        return { op: "remove", path }
      case 2:
        return {
          op: "add",
          path: isArray(node.value) ? `${path}/-` : path,
          value: isArray(node.value) ? node.value[0] : another(chance, node)
        }
      case 3:
        return { op: "copy", from: path, path: pointer(target.path) }
      case 4:
        return { op: "move", from: path, path: pointer(target.path) }
      default:
        return { op: "replace", path, value: another(chance, node) }
    }
  })

/** A patch that holds only what it changes; inside lists that is the whole list. */
const merged = (chance: Random, nodes: ReadonlyArray<Node>): unknown =>
  Array.from({ length: 1 + chance.below(3) }).reduce<unknown>((patch) => {
    const node = chance.pick(nodes)
    if (node === undefined) return patch
    return Tree.set(patch, node.path, chance.below(3) === 0 ? null : another(chance, node))
  }, {})

interface ListPlace {
  readonly path: Tree.Path
  readonly field: Field
  readonly items: ReadonlyArray<unknown>
}

const listsOf = (field: Field, value: unknown, path: Tree.Path): ReadonlyArray<ListPlace> => {
  const { type } = field
  if (type.kind === "list" && isArray(value)) return [{ path, field, items: value }]
  if (type.kind !== "struct" || !isRecord(value)) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = type.fields.get(key)
    return inner === undefined ? [] : listsOf(inner, item, [...path, key])
  })
}

/** All that strategic merge can do to a list. */
const directives = ({ field, items, path }: ListPlace): ReadonlyArray<readonly [string, unknown]> => {
  const [name] = path.slice(-1)
  const parent = path.slice(0, -1)
  const at = (list: unknown, extra: JsonRecord = {}): unknown =>
    Object.entries(extra).reduce((patch, [key, value]) => Tree.set(patch, [...parent, key], value), Tree.set({}, path, list))
  const of = records(items)
  const { mergeKey } = field
  const first = of[0]
  const plain: ReadonlyArray<readonly [string, unknown]> = [
    ["the same", at(items)],
    ["empty", at([])],
    ["null", at(null)],
    ["replaced by directive", at([{ $patch: "replace" }, ...items])],
    ["null item", at([null])]
  ]
  if (first === undefined) {
    return [
      ...plain,
      ["deleted from", at(undefined, { [`$deleteFromPrimitiveList/${name}`]: items.slice(0, 1) })],
      ["one more", at(["example.com/more"])],
      ["order", at(["example.com/more"], { [`$setElementOrder/${name}`]: ["example.com/more", ...items] })]
    ]
  }
  if (mergeKey === undefined) return plain
  const key = first[mergeKey]
  const fresh = { ...first, [mergeKey]: typeof key === "number" ? key + 1 : `${String(key)}2` }
  return [
    ...plain,
    ["one more", at([fresh])],
    ["the first changed", at([{ ...first, noSuchField: 1 }])],
    ["the first by key alone", at([{ [mergeKey]: key }])],
    ["the first deleted", at([{ [mergeKey]: key, $patch: "delete" }])],
    ["an absent one deleted", at([{ [mergeKey]: fresh[mergeKey], $patch: "delete" }])],
    ["the first replaced", at([{ ...fresh, [mergeKey]: key, $patch: "replace" }])],
    ["an odd directive", at([{ [mergeKey]: key, $patch: "odd" }])],
    ["without key", at([{ noKey: 1 }])],
    ["order", at([fresh], { [`$setElementOrder/${name}`]: [fresh, ...of].map((item) => ({ [mergeKey]: item[mergeKey] })) })],
    ["order turned", at([], { [`$setElementOrder/${name}`]: [...of].reverse().map((item) => ({ [mergeKey]: item[mergeKey] })) })],
    ["odd order", at([fresh], { [`$setElementOrder/${name}`]: [] })],
    ["kept keys", at([{ ...first, $retainKeys: Object.keys(first).slice(0, 2) }])]
  ]
}

const draws = 24

export const patches = (subject: Subject): ReadonlyArray<Scenario> => {
  const { kind } = subject
  if (!kind.verbs.includes("patch") || kind.type === undefined) return []
  const at: Stage = stage(subject, "patch")
  const { rich } = at.seed()
  const chance = random(at.scenario)
  const nodes = nodesOf(kind.type, rich).filter(
    ({ path: [first] }) => first !== undefined && !["apiVersion", "kind", "status"].includes(String(first))
  )
  const patch = (name: string, mutation: string, contentType: string, body: unknown): Step =>
    step("patch", mutation, name, { method: "PATCH", path: at.item(rich), query: dry, contentType, body })
  const structs = nodes.filter(
    ({ path, type, value }) => type.kind === "struct" && isRecord(value) && path.every((key) => typeof key === "string")
  )
  const lists = [...kind.type.fields].flatMap(([key, field]) => (key === "status" ? [] : listsOf(field, rich[key], [key])))
  const drawn = Array.from({ length: draws }, (_, i) => i)
  return scenario(
    at,
    "independent",
    [
      ...drawn.map((i) => patch(`JSON ${i}`, "JSON", patchTypes.json, operations(chance, nodes))),
      ...drawn.map((i) => patch(`merge ${i}`, "merge", patchTypes.merge, merged(chance, nodes))),
      ...drawn.map((i) => patch(`strategic ${i}`, "strategic", patchTypes.strategic, merged(chance, nodes))),
      ...structs.flatMap(({ path, value }) => {
        const keys = isRecord(value) ? Object.keys(value) : []
        return [
          patch(
            `${Tree.text(path)}: replaced`,
            "directive",
            patchTypes.strategic,
            Tree.set({}, path, { $patch: "replace", ...(isRecord(value) ? value : {}) })
          ),
          patch(`${Tree.text(path)}: deleted`, "directive", patchTypes.strategic, Tree.set({}, path, { $patch: "delete" })),
          patch(`${Tree.text(path)}: kept keys`, "directive", patchTypes.strategic, Tree.set({}, path, { $retainKeys: keys.slice(0, 1) }))
        ]
      }),
      ...lists.flatMap((list) =>
        directives(list).map(([what, body]) => patch(`${Tree.text(list.path)}: ${what}`, "list directive", patchTypes.strategic, body))
      )
    ],
    [create(at, "stored", rich)]
  )
}
