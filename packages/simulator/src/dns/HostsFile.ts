/** `/etc/hosts`: the names that a container knows without asking; hosts(5). */
import { remembered } from "@aiopslab/kubernetes/Remembered"

export interface Entry {
  readonly address: string
  /** The first is the canonical one. */
  readonly names: ReadonlyArray<string>
}

const parsed = (text: string): ReadonlyArray<Entry> =>
  text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/u, "").trim().split(/\s+/u)
    return names.length === 0 ? [] : [{ address, names }]
  })

/** Its lines that name something, in their order. */
export const read = remembered(parsed)

export const isIPv4 = ({ address }: Entry): boolean => /^\d+(?:\.\d+){3}$/u.test(address)

/** The lines for a name, whatever its case. */
export const entriesOf = (entries: ReadonlyArray<Entry>, name: string): ReadonlyArray<Entry> =>
  entries.filter(({ names }) => names.some((one) => one.toLowerCase() === name))
