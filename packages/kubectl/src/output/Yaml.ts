/** YAML as kubectl prints it: keys in order, sequences not indented, block scalars for several lines, quotes as go-yaml chooses them. */
import { Document, isScalar, type Pair, visit } from "yaml"
import { byKey } from "./KeyOrder.ts"

/** Plain texts that YAML 1.1 would read as something else. */
const ambiguous =
  /^(?:|~|null|y|n|yes|no|on|off|true|false|[-+]?(?:0[xX][0-9a-fA-F_]+|0b[01_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d[\d_]*(?:[eE][-+]?\d+)?|\.inf|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?)|\.nan|\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d.*)?)$/iu

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

/** A letter that nobody writes, before the key `.` of managed fields: the library quotes that, because YAML 1.1 would read a number; go-yaml does not. */
const bare = "\uE02E"

export const yaml = (value: unknown): string => {
  const document = new Document(value, {
    version: "1.1",
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => byKey(keyOf(a), keyOf(b))
  })
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === ".") key.value = `${bare}.`
    },
    Scalar: (_, node) => {
      if (typeof node.value === "string" && (ambiguous.test(node.value) || node.value.includes("\t"))) node.type = "QUOTE_DOUBLE"
    }
  })
  return document
    .toString({ lineWidth: 0, indentSeq: false, blockQuote: "literal", singleQuote: true })
    .replace(/^%YAML.*\n---\n/u, "")
    .replaceAll(`${bare}.:`, ".:")
}
