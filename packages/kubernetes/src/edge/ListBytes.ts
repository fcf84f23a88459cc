/** The JSON of a list. Items are never changed: what was written down for one list stands in the next. */
import { isArray, isRecord } from "../Json.ts"
import { goJson } from "../GoEncoder.ts"
import { asWritten } from "../server/AsWritten.ts"

/** Each after a comma. */
const known = new WeakMap<object, Buffer>()

const bytesOf = (item: unknown): Buffer => {
  const before = isRecord(item) ? known.get(item) : undefined
  if (before !== undefined) return before
  const bytes = Buffer.from(`,${goJson(item)}`)
  if (isRecord(item)) known.set(item, bytes)
  return bytes
}

/** `undefined` for what is no list: in lists, the items come last. */
export const listBytes = (answer: unknown): Buffer | undefined => {
  if (!isRecord(answer) || !isArray(answer["items"])) return undefined
  const body = asWritten(answer)
  if (!isRecord(body) || !isArray(body["items"]) || Object.keys(body).at(-1) !== "items") return undefined
  const { items, ...rest } = body
  const head = goJson(rest).slice(0, -1)
  const open = Buffer.from(`${head}${head === "{" ? "" : ","}"items":[`)
  return Buffer.concat([open, ...items.map((item, i) => (i === 0 ? bytesOf(item).subarray(1) : bytesOf(item))), Buffer.from("]}\n")])
}
