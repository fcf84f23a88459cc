/** How often the two servers agree, by kind and verb. */
import type { Compared } from "./Comparison.ts"

export interface Cell {
  readonly kind: string
  readonly verb: string
  readonly steps: ReadonlyArray<Compared>
}

export const agrees = ({ differences }: Compared): boolean => differences.length === 0

export const groupBy = <A>(items: ReadonlyArray<A>, key: (item: A) => string): ReadonlyMap<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}

export const cells = (compared: ReadonlyArray<Compared>): ReadonlyArray<Cell> =>
  [...groupBy(compared, ({ kind }) => kind)].flatMap(([kind, ofKind]) =>
    [...groupBy(ofKind, ({ step }) => step.verb)].map(([verb, steps]) => ({ kind, verb, steps }))
  )

export const share = (part: number, whole: number): string => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`)

const line = (columns: ReadonlyArray<string>): string => `| ${columns.join(" | ")} |`

export const rows = (header: ReadonlyArray<string>, body: ReadonlyArray<ReadonlyArray<string>>): string =>
  [line(header), line(header.map(() => "---")), ...body.map(line)].join("\n")

/** Of one cell: by class of mutation. */
export const classes = ({ steps }: Cell): string =>
  [...groupBy(steps, ({ step }) => step.mutation)]
    .map(([mutation, of]) => `${mutation} ${of.filter(agrees).length}/${of.length}`)
    .join(", ")

export const table = (of: ReadonlyArray<Cell>): string => {
  const all = of.flatMap(({ steps }) => steps)
  const row = (kind: string, verb: string, steps: ReadonlyArray<Compared>, inside: string) => {
    const agreed = steps.filter(agrees)
    const managed = agreed.filter((one) => one.managed.length === 0)
    return [
      kind,
      verb,
      `${agreed.length}/${steps.length}`,
      share(agreed.length, steps.length),
      share(managed.length, agreed.length),
      inside
    ]
  }
  return rows(
    ["kind", "verb", "steps", "agreement", "managedFields", "classes"],
    [...of.map((cell) => row(cell.kind, cell.verb, cell.steps, classes(cell))), row("all", "", all, "")]
  )
}
