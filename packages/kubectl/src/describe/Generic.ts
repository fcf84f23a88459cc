/** The description of a kind that has none of its own: all fields, their names split into words. */
import * as Fields from "../Fields.ts"
import { type Describer, plain } from "./Describer.ts"
import type { Page } from "./Page.ts"

const skipped = ["managedFields", "name", "namespace", "labels", "annotations"]
const acronyms = ["API", "CIDR", "DNS", "HTTP", "ID", "IP", "JSON", "TCP", "TLS", "UID", "URI", "URL", "UUID"]

/** `lastTransitionTime` is `Last Transition Time`; `podIP` is `Pod IP`. */
const heading = (key: string): string => {
  const words = key
    .replace(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/gu, "$1 $2")
    .split(" ")
  return words
    .map((word) => (acronyms.includes(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ")
}

const scalar = (value: unknown): string => (value === null || value === undefined ? "<nil>" : Fields.plain(value))

const write = (page: Page, level: number, of: Fields.Fields, skip: ReadonlyArray<string> = []): void => {
  const keys = Object.keys(of)
    .filter((key) => !skip.includes(key))
    .sort((a, b) => (heading(a) < heading(b) ? -1 : 1))
  for (const key of keys) {
    const value = of[key]
    if (Array.isArray(value)) {
      page.line(level, `${heading(key)}:`)
      for (const item of value) {
        if (typeof item === "object" && item !== null) write(page, level + 1, Fields.record(item))
        else page.line(level + 1, scalar(item))
      }
    } else if (typeof value === "object" && value !== null) {
      page.line(level, `${heading(key)}:`)
      write(page, level + 1, Fields.record(value))
    } else page.field(level, heading(key), scalar(value))
  }
}

export const generic: Describer = plain((page, { namespace, object }) => {
  page.field(0, "Name", object.metadata.name)
  page.field(0, "Namespace", namespace)
  page.labels(object)
  page.annotations(object)
  const { metadata, ...rest } = object
  const shown = Object.fromEntries(Object.entries(metadata).filter(([key]) => !skipped.includes(key)))
  write(page, 0, { ...rest, metadata: shown })
})
