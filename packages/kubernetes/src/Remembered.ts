/** Texts that are asked about again and again: paths, headers, tokens, rules, expressions. */

/** `make`, which depends on nothing but the text, once for each text; when there are too many it begins anew. */
export const remembered = <A>(make: (text: string) => A, most = 1024): ((text: string) => A) => {
  const known = new Map<string, { readonly made: A }>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found.made
    if (known.size >= most) known.clear()
    const made = make(text)
    known.set(text, { made })
    return made
  }
}
