/** What a client printed of a cluster, without what two clusters name differently by nature, beyond what two API servers do. */
import * as Printed from "aiopslab-test-differential/clients/Printed"

const suffix = "[bcdfghjklmnpqrstvwxz2456789]"

const replacements: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b10\.244\.\d+\.\d+\b/g, "<pod-address>"],
  [/\b172\.\d+\.\d+\.\d+\b/g, "<node-address>"],
  [/(?<=\s)(\d+h)?\d+m(?=\s)/g, "<age>"],
  // containers, sandboxes and commands in them
  [/\b[0-9a-f]{64}\b/g, "<id>"],
  // the pods of replica sets, then those of other controllers
  [new RegExp(`\\b([a-z-]+)-[0-9a-z]{8,10}-${suffix}{5}\\b`, "g"), "$1-<hash>-<suffix>"],
  [new RegExp(`\\b((?:agent|count|fails|web)(?:-before)?)-${suffix}{5}\\b`, "g"), "$1-<suffix>"]
]

/** Columns are as wide as their widest cell: the spaces of tables with such names are not compared. */
export const normal = (printed: string): string => {
  const bare = Printed.normal(printed)
  const replaced = replacements.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), bare)
  return replaced === bare && !replaced.includes("kind-") ? replaced : replaced.replaceAll(/ +/g, " ")
}

/** The nodes of one cluster called as those of another. */
export const nodes = (text: string, from: string, to: string): string =>
  text.replaceAll(new RegExp(`\\b${from}-(worker|control-plane)\\b`, "g"), `${to}-$1`)
