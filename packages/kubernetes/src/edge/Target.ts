/** The target of a request, path and query, as Go's `net/url` takes them: nothing is normalised, and a parameter that makes no sense is left out. */

export interface Target {
  /** Its segments may still be escaped. */
  readonly path: string
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
}

const badEscape = /%(?![0-9a-fA-F]{2})/

const unescaped = (text: string): string | undefined =>
  badEscape.test(text) ? undefined : (new URLSearchParams(`x=${text}`).get("x") ?? undefined)

/** Pairs with a semicolon stand for nothing since Go 1.17. */
const queryOf = (text: string): Target["query"] => {
  const query: Record<string, string | ReadonlyArray<string>> = {}
  for (const pair of text.split("&")) {
    if (pair === "" || pair.includes(";")) continue
    const [name = "", ...rest] = pair.split("=")
    const [key, value] = [unescaped(name), unescaped(rest.join("="))]
    if (key === undefined || value === undefined) continue
    const before = Object.hasOwn(query, key) ? query[key] : undefined
    query[key] = before === undefined ? value : [...(typeof before === "string" ? [before] : before), value]
  }
  return query
}

/** `undefined`: not a target; HTTP itself refuses it. */
export const parse = (target: string): Target | undefined => {
  const [path = "/", ...rest] = target.split("?")
  if (badEscape.test(path) || !path.startsWith("/")) return undefined
  // an escaped slash divides as the other does
  return { path: path.replaceAll(/%2f/gi, "/"), query: queryOf(rest.join("?")) }
}
