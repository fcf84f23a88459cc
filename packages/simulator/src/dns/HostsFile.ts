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

/** IPv4 addresses by names in small letters: of two lines with a name the first counts. */
export const addresses = remembered((text): ReadonlyMap<string, string> => {
  const out = new Map<string, string>()
  for (const entry of read(text).filter(isIPv4)) {
    for (const name of entry.names) if (!out.has(name.toLowerCase())) out.set(name.toLowerCase(), entry.address)
  }
  return out
})

/** The lines for a name, whatever its case. */
export const entriesOf = (entries: ReadonlyArray<Entry>, name: string): ReadonlyArray<Entry> =>
  entries.filter(({ names }) => names.some((one) => one.toLowerCase() === name))
