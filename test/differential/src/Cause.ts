/** What most differences of one cause share, as a text to count by. */
import { record } from "@aiopslab/kubernetes/Json"
import type { Compared } from "./Comparison.ts"
import type { Difference } from "./Difference.ts"

/** Without names, numbers, and which kind it is. */
const templated = (text: string): string =>
  text
    .replaceAll(/"[^"]*"|\[\d+\]|\d+/g, "·")
    .replace(/^[\w.·-]+ · (not found|already exists|is invalid)/, "· · $1")
    .replace(/^[\w.]+ in version · cannot be handled as a \w+/, "· in version · cannot be handled as a ·")
    .replace(/\(must be of type \w+\)/, "(must be of type ·)")
    .replace(/\(\w+ based on URL\)/, "(· based on URL)")
    .slice(0, 130)

const outcome = (answer: unknown): string => {
  const { body, code } = record(answer)
  const { message } = record(body)
  return typeof message === "string" && Number(code) >= 400 ? `${String(code)} ${templated(message)}` : String(code)
}

/** Both outcomes where they are refusals, else the places. */
export const cause = (one: Compared, differences: ReadonlyArray<Difference>): string => {
  const { ours, real } = one.answers
  const refused = [ours, real].some((answer) => Number(record(answer)["code"]) >= 400)
  if (refused) return `ours ${outcome(ours)}  ≠  real ${outcome(real)}`
  const places = [...new Set(differences.map(({ at }) => at.replaceAll(/\[\d+\]/g, "[]")))]
  return `${places.slice(0, 3).join(", ")}${places.length > 3 ? ", …" : ""}`
}
