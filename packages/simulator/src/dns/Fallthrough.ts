/** Whether a directive hands on the questions that it has no answer to: `fallthrough [ZONES…]`. */
import { isWithin } from "./Answer.ts"
import type { Directive } from "./Corefile.ts"

export const fallsThrough = ({ block }: Directive, name: string): boolean => {
  const found = block.find(({ words: [word] }) => word === "fallthrough")
  return found !== undefined && (found.words.length === 1 || found.words.slice(1).some((zone) => isWithin(name, zone)))
}
