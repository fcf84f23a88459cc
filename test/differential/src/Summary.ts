/** Where the servers differ, by cause, for whoever mends it. */
import { agrees, cells, groupBy, rows, share, table } from "./Agreement.ts"
import { cause } from "./Cause.ts"
import type { Compared } from "./Comparison.ts"

const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const causes = (compared: ReadonlyArray<Compared>, limit: number): string =>
  rows(
    ["requests", "kinds", "cause", "for example"],
    [
      ...groupBy(
        compared.filter((one) => !agrees(one)),
        (one) => cause(one, one.differences)
      )
    ]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, limit)
      .map(([text, of]) => [
        String(of.length),
        String(new Set(of.map(({ kind }) => kind)).size),
        escaped(text),
        escaped(`${of[0]?.scenario ?? ""} › ${of[0]?.step.name ?? ""}`)
      ])
  )

export const summary = (compared: ReadonlyArray<Compared>, broken: ReadonlyArray<string>): string => {
  const kinds = [...groupBy(compared, ({ kind }) => kind)]
  const verbs = [...groupBy(compared, ({ step }) => step.verb)]
  const line = (name: string, of: ReadonlyArray<Compared>) => [name, String(of.length), share(of.filter(agrees).length, of.length)]
  const head = (name: string) => [name, "requests", "agreement"]
  return [
    "# Where the servers differ",
    `## By kind\n\n${rows(
      head("kind"),
      kinds.map(([name, of]) => line(name, of))
    )}`,
    `## By verb\n\n${rows(
      head("verb"),
      verbs.map(([name, of]) => line(name, of))
    )}`,
    `## Causes that several kinds share\n\n${causes(compared, 120)}`,
    ...kinds.map(([name, of]) => `## ${name}\n\n${table(cells(of))}\n\n${causes(of, 25)}`),
    ...(broken.length === 0 ? [] : [`## Not played\n\n${broken.map((text) => `- ${text}`).join("\n")}`])
  ]
    .join("\n\n")
    .concat("\n")
}
