/**
 * Webhooks outside the cluster. A write is a pure function and can't wait: what it asks and nobody has answered yet is noted, the answers are
 * fetched, and the write is made again with them. Without somebody who calls, nothing outside the cluster can be reached.
 */
import * as Effect from "effect/Effect"
import type { Names } from "../Names.ts"
import type { Posted, WebReply, WebRequest, WebTarget } from "./Web.ts"

export type UrlTarget = Extract<WebTarget, { readonly _tag: "Url" }>

/** Calls a webhook over the network; fails with the words of a Go client. */
export type Caller = (target: UrlTarget, request: WebRequest, timeoutSeconds: number) => Effect.Effect<WebReply, string>

interface Question {
  readonly key: string
  readonly target: UrlTarget
  readonly request: WebRequest
  readonly seconds: number
}

/** One attempt's view: asked again with the same draws, it asks the same. */
export interface Outside {
  readonly post: (target: UrlTarget, request: WebRequest, timeoutSeconds: number) => Posted
  /** Whether everything it asked was known. Otherwise what it found counts for nothing. */
  readonly isComplete: () => boolean
  /** The names that the write drew when it was first made. */
  readonly draws: (names: Names) => Names
}

const hostOf = (url: string): string => URL.parse(url)?.hostname ?? ""

/** What a lookup of the control plane says where there is no network. */
const unreachable = (target: UrlTarget): Posted => ({
  _tag: "Failed",
  why: `dial tcp: lookup ${hostOf(target.url)} on 10.96.0.10:53: no such host`
})

const replaying = (kept: Array<string>) => {
  let next = 0
  return (draw: () => string) => (): string => {
    const known = kept[next]
    if (known !== undefined) {
      next++
      return known
    }
    const made = draw()
    kept.push(made)
    next++
    return made
  }
}

/** More rounds than any chain of webhooks needs, each of which may ask anew about what another changed. */
const mostRounds = 64

/** Where nobody calls. */
export const nowhere: Outside = { post: unreachable, isComplete: () => true, draws: (names) => names }

/** Makes attempts, finding out in between what the one before asked, until one is complete: that one, and no other, may change anything. */
export const attempt = <A>(caller: Caller | undefined, make: (outside: Outside) => A): Effect.Effect<A> => {
  if (caller === undefined) return Effect.sync(() => make(nowhere))
  const answers = new Map<string, Posted>()
  const kept: Array<string> = []
  const round = (left: number): Effect.Effect<A> =>
    Effect.suspend(() => {
      const wanted: Array<Question> = []
      const replayed = replaying(kept)
      const outside: Outside = {
        post: (target, request, seconds) => {
          const key = `${target.url} ${request.body}`
          const known = answers.get(key)
          if (known !== undefined) return known
          if (left === 0) return { _tag: "Failed", why: "context deadline exceeded" }
          wanted.push({ key, target, request, seconds })
          return { _tag: "Unknown" }
        },
        isComplete: () => wanted.length === 0,
        draws: ({ suffix, uid }) => ({ uid: replayed(uid), suffix: replayed(suffix) })
      }
      const made = make(outside)
      if (wanted.length === 0) return Effect.succeed(made)
      const finding = Effect.forEach(
        wanted,
        (question) => Effect.map(fetched(caller, question), (posted) => answers.set(question.key, posted)),
        { concurrency: "unbounded", discard: true }
      )
      return Effect.andThen(finding, round(left - 1))
    })
  return round(mostRounds)
}

const fetched = (caller: Caller, { request, seconds, target }: Question): Effect.Effect<Posted> =>
  Effect.match(caller(target, request, seconds), {
    onSuccess: (reply): Posted => ({ _tag: "Replied", reply }),
    onFailure: (why): Posted => ({ _tag: "Failed", why })
  })
