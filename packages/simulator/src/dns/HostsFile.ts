/** `/etc/hosts`: the names that a container knows without asking. */
import { remembered } from "@aiopslab/kubernetes/Remembered"

const parsed = (text: string): ReadonlyMap<string, string> => {
  const out = new Map<string, string>()
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/u, "").trim().split(/\s+/u)
    if (!/^\d+(?:\.\d+){3}$/u.test(address)) continue
    // of two lines with a name the first counts
    for (const name of names) if (!out.has(name.toLowerCase())) out.set(name.toLowerCase(), address)
  }
  return out
}

/** IPv4 addresses by name. */
export const read = remembered(parsed)
