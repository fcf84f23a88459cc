/** JSON as Go's encoder writes it: keys in order, and what HTML would read escaped. */
import { stringify } from "@aiopslab/kubernetes/KeyedJson"
import * as Fields from "../Fields.ts"

const escaped = (text: string): string =>
  text.replace(/[<>&\u2028\u2029]/gu, (letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)

/** An object whose type kubectl knows: fields in the order in which they came. */
export const typedJson = (value: unknown): string => `${escaped(stringify(value, 4))}\n`

export const goJson = (value: unknown, indent?: number): string => escaped(stringify(Fields.sortKeys(value), indent))
