/** The order of a list after a strategic merge. */
import * as Result from "effect/Result"
import { equal } from "../Equal.ts"
import { isRecord, record } from "../Json.ts"
import * as GoText from "../apply/GoText.ts"

const same = (a: unknown, b: unknown, mergeKey: string | undefined): boolean =>
  mergeKey === undefined ? equal(a, b) : equal(record(a)[mergeKey], record(b)[mergeKey])

/**
 * Sorted by places as the real server sorts: item after item is moved forward past those it precedes, and past and by those that have no
 * place.
 */
const sorted = (items: ReadonlyArray<unknown>, place: (item: unknown) => number): ReadonlyArray<unknown> => {
  const out: Array<{ readonly item: unknown; readonly at: number }> = []
  for (const item of items) {
    const at = place(item)
    let i = out.length
    while (i > 0) {
      const before = out[i - 1]?.at ?? -1
      if (at >= 0 && before >= 0 && at >= before) break
      i--
    }
    out.splice(i, 0, { item, at })
  }
  return out.map(({ item }) => item)
}

/**
 * Items that the patch names come in its order, the others in the server's; between the two the server's order decides, and an item
 * that is new comes before those the patch does not name.
 */
export const arrange = (
  merged: ReadonlyArray<unknown>,
  patchOrder: ReadonlyArray<unknown>,
  serverOrder: ReadonlyArray<unknown>,
  mergeKey: string | undefined
): ReadonlyArray<unknown> => {
  const position = (list: ReadonlyArray<unknown>, item: unknown): number => list.findIndex((one) => same(one, item, mergeKey))
  const isNamed = (item: unknown): boolean => position(patchOrder, item) >= 0
  const named = sorted(merged.filter(isNamed), (item) => position(patchOrder, item))
  const others = sorted(
    merged.filter((item) => !isNamed(item)),
    (item) => position(serverOrder, item)
  )
  const out: Array<unknown> = []
  let i = 0
  let j = 0
  while (i < others.length && j < named.length) {
    const left = position(serverOrder, others[i])
    const right = position(serverOrder, named[j])
    out.push(left >= 0 && right >= 0 && left < right ? others[i++] : named[j++])
  }
  return [...out, ...others.slice(i), ...named.slice(j)]
}

/** A `$setElementOrder` must name the items of the patch, in their order. Fails with the server's words. */
export const conforms = (
  patch: ReadonlyArray<unknown>,
  order: ReadonlyArray<unknown>,
  mergeKey: string | undefined
): Result.Result<void, string> => {
  const items = patch.filter((item) => !(isRecord(item) && "$patch" in item))
  if (order.length === 0 || patch.length === 0) return Result.void
  let next = 0
  for (const named of order) if (next < items.length && same(items[next], named, mergeKey)) next++
  return next === items.length
    ? Result.void
    : Result.fail(`The order in patch list:\n${GoText.plain(patch)}\n doesn't match $setElementOrder list:\n${GoText.plain(order)}\n`)
}
