/** Every container of a pod with its path, in the order in which the server visits them. */
import type { JsonRecord } from "../../Json.ts"
import { records } from "../../Json.ts"

const lists = ["initContainers", "containers", "ephemeralContainers"]

export const eachContainer = (spec: JsonRecord, path: string, visit: (container: JsonRecord, path: string) => void): void => {
  for (const list of lists) {
    if (spec[list] === undefined) continue
    for (const [i, container] of records(spec[list]).entries()) visit(container, `${path === "" ? "" : `${path}.`}${list}[${i}]`)
  }
}
