/** The description of a kind that has none of its own: all fields, their names split into words. */
import * as Fields from "../Fields.ts"
import { type Describer, plain } from "./Describer.ts"
import type { Page } from "./Page.ts"

const skipped = ["managedFields", "name", "namespace", "labels", "annotations"]
const acronyms: ReadonlySet<string> = new Set(["API", "URL", "UID", "OSB", "GUID"])

/** `lastTransitionTime` is `Last Transition Time`; a name with other signs than letters and `-` is left as it is. */
const heading = (key: string): string =>
  /[^\p{L}-]/u.test(key)
    ? key
    : (key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-+/gu) ?? [])
        .map((word) => (acronyms.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
        .join(" ")

const scalar = (value: unknown): string => (value === null || value === undefined ? "<nil>" : Fields.plain(value))

const write = (page: Page, level: number, of: Fields.Fields, skip: ReadonlyArray<string> = []): void => {
  const keys = Object.keys(of)
    .filter((key) => !skip.includes(key))
    .toSorted()
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
