/** Keys as a terminal in raw mode sends them, edited into lines. Pure. */

export type Key =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Enter" }
  | { readonly _tag: "Erase" }
  /** Ctrl-U. */
  | { readonly _tag: "Clear" }
  /** Ctrl-C. */
  | { readonly _tag: "Interrupt" }
  /** Ctrl-D. */
  | { readonly _tag: "End" }

const control: Readonly<Record<string, Key>> = {
  "\r": { _tag: "Enter" },
  "\n": { _tag: "Enter" },
  "\u007f": { _tag: "Erase" },
  "\b": { _tag: "Erase" },
  "\u0015": { _tag: "Clear" },
  "\u0003": { _tag: "Interrupt" },
  "\u0004": { _tag: "End" }
}

/** Arrows and the like say nothing here. */
const sequences = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/gu

export const keys = (text: string): ReadonlyArray<Key> => {
  const out: Array<Key> = []
  for (const letter of text.replaceAll("\r\n", "\r").replace(sequences, "")) {
    const known = control[letter]
    if (known !== undefined) out.push(known)
    else if (letter >= " " || letter === "\t") out.push({ _tag: "Text", text: letter })
  }
  return out
}
