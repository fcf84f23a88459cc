/**
 * Regular expressions as Go reads them (RE2): what users and agents write into objects is matched in time linear in the text, whatever it is.
 */
import * as Result from "effect/Result"
import { RE2JS } from "re2js"
import { remembered } from "./Remembered.ts"

export interface Match {
  /** The whole, then the groups; nothing for a group that took no part. */
  readonly groups: ReadonlyArray<string | undefined>
  readonly named: Readonly<Record<string, string | undefined>>
}

export interface GoRegExp {
  /** Whether it matches anywhere. */
  readonly test: (text: string) => boolean
  /** The leftmost match. */
  readonly exec: (text: string) => Match | undefined
  /** The texts of at most so many matches, which don't overlap. */
  readonly all: (text: string, most?: number) => ReadonlyArray<string>
}

const of = (compiled: RE2JS): GoRegExp => ({
  test: (text) => compiled.test(text),
  exec: (text) => {
    const matcher = compiled.matcher(text)
    if (!matcher.find()) return undefined
    const group = (at: number): string | undefined => matcher.group(at) ?? undefined
    return {
      groups: Array.from({ length: matcher.groupCount() + 1 }, (_, at) => group(at)),
      named: Object.fromEntries(Object.entries(compiled.namedGroups()).map(([name, at]) => [name, group(at)]))
    }
  },
  all: (text, most = Infinity) => {
    const matcher = compiled.matcher(text)
    const found: Array<string> = []
    while (found.length < most && matcher.find()) found.push(matcher.group() ?? "")
    return found
  }
})

/** Nothing for what Go does not read either: lookaround, backreferences, too many repetitions. */
export const compile = remembered((source): GoRegExp | undefined =>
  Result.getOrUndefined(Result.try({ try: () => of(RE2JS.compile(source)), catch: () => undefined }))
)
