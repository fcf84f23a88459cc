/**
 * What all versions of a CustomResourceDefinition say alike, the server holds once, and complains of there: a schema's path is then
 * `spec.validation`, not that of a version.
 */
import { equal } from "../../Equal.ts"
import type { JsonRecord } from "../../Json.ts"

/** `undefined`: not said, or by each version in its own way. */
export interface Lifted {
  readonly schema: unknown
  readonly subresources: unknown
  readonly columns: unknown
  readonly selectable: unknown
}

const shared = (versions: ReadonlyArray<JsonRecord>, key: string): unknown => {
  const first = versions[0]?.[key]
  return versions.every((version) => equal(version[key], first)) ? first : undefined
}

export const lifted = (versions: ReadonlyArray<JsonRecord>): Lifted => ({
  schema: shared(versions, "schema"),
  subresources: shared(versions, "subresources"),
  columns: shared(versions, "additionalPrinterColumns"),
  selectable: shared(versions, "selectableFields")
})
