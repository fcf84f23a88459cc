/** Whether a suite of command lines holds: every difference is listed, and every listed one is still there. */
import type { Compared } from "./Compared.ts"
import type { Entry, Listed } from "./Listed.ts"
import { counted as countedIn, reasonFor } from "./Listed.ts"

export interface Verdict {
  readonly known: ReadonlyMap<Entry, ReadonlyArray<Compared>>
  readonly unexplained: ReadonlyArray<Compared>
  /** What breaks the suite, in sentences. */
  readonly complaints: ReadonlyArray<string>
}

export const judge = (compared: ReadonlyArray<Compared>, { entries, suite, unexplained: counted }: Listed): Verdict => {
  const known = new Map<Entry, ReadonlyArray<Compared>>()
  const unexplained: Array<Compared> = []
  for (const one of compared) {
    if (one.agrees) continue
    const entry = reasonFor(entries, one)
    if (entry === undefined) unexplained.push(one)
    else known.set(entry, [...(known.get(entry) ?? []), one])
  }
  const isCounted = ({ command, topic }: Compared) => counted[topic]?.commands.includes(command.name) === true
  const played = new Set(compared.map(({ topic }) => topic))
  const gone = Object.entries(counted).flatMap(([topic, { commands }]) =>
    played.has(topic)
      ? commands
          .filter((name) => !unexplained.some((one) => one.topic === topic && one.command.name === name))
          .map((name) => `${topic}: ${name}: counted, and differs no longer: write data/${countedIn(suite)} anew`)
      : []
  )
  // an entry may be about scripts that weren't played
  const reaches = (entry: Entry) => compared.some((one) => reasonFor([entry], one) !== undefined)
  return {
    known,
    unexplained,
    complaints: [
      ...unexplained
        .filter((one) => !isCounted(one))
        .map(({ command, topic }) => `${topic}: ${command.name}: differs without a listed reason`),
      ...gone,
      ...entries
        .filter((entry) => reaches(entry) && !known.has(entry))
        .map((entry) => `listed, and differs no longer: ${JSON.stringify(entry)}`)
    ]
  }
}
