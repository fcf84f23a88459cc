/** Which plain fields of a Go struct its JSON leaves out when they are zero: `?` in `generated/wire.json`. */
import wire from "./generated/wire.json" with { type: "json" }

const tags: Readonly<Record<string, string>> = wire

/** `type` by its name, `api.core.v1.PodSpec`; a custom resource's has none, and omits nothing. */
export const omitted = (type: string): ReadonlySet<string> => {
  const out = new Set<string>()
  for (const word of (tags[type] ?? "").split(" ")) {
    if (word.startsWith("+")) for (const inner of omitted(word.slice(1, word.indexOf("=")))) out.add(inner)
    else if (word.endsWith("?")) out.add(word.slice(0, word.indexOf("=")))
  }
  return out
}
