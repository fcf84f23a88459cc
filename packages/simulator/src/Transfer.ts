/**
 * How long messages take over an impaired path. Delays are netem's. What is lost TCP sends again, and waits twice as long each time; who asked
 * waits for as long as it is patient.
 */
import type { Delay, Leg, Path } from "./Impairments.ts"
import { mix, uniform } from "./traffic/Hash.ts"

/** Linux' TCP_RTO_MIN, of an established connection whose round trips are short. */
const dataMillis = 200
/** Linux' TCP_TIMEOUT_INIT, of a connection that is opened. */
const openMillis = 1_000

/** How much later than the first the segment is sent for the `times`th time after it. */
const again = (times: number, first: number): number => first * (2 ** times - 1)

const meanOf = ({ delays }: Leg): number => delays.reduce((sum, { latencyMillis }) => sum + latencyMillis, 0)

/** Terms beyond have no weight in what is left of a correlation of 90 percent. */
const remembered = 24

/** netem's correlated number: each is a mean of the one before and a fresh one, weighted; so they are the less spread, the more they correlate. */
const correlated = (hash: number, share: number): number => {
  let value = uniform(hash)
  if (share > 0) for (let i = 0; i < remembered; i++) value = share * value + (1 - share) * uniform(mix(hash, i))
  return value
}

const delayed = (delays: ReadonlyArray<Delay>, hash: number): number =>
  delays.reduce((sum, { correlation, jitterMillis, latencyMillis }, i) => {
    const place = jitterMillis === 0 ? 0 : 2 * correlated(mix(hash, i), correlation / 100) - 1
    return sum + Math.max(0, latencyMillis + jitterMillis * place)
  }, 0)

/** The chances that the first sending to arrive within the patience is the first, the second, and so on. */
const arrivals = (leg: Leg, patience: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  const rest = patience - meanOf(leg)
  for (let i = 0, reaches = 1; again(i, dataMillis) <= rest && reaches > 1e-12; i++, reaches *= leg.loss) out.push(reaches * (1 - leg.loss))
  return out
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((a, b) => a + b, 0)

/** What can become of a question over an open connection within its asker's patience: it is lost, its answer is, or neither. */
export interface Chances {
  readonly lost: number
  readonly unheard: number
  readonly answered: number
}

/** By how often the question had to be sent, the chance that it arrived with that and its answer came in time. */
const answers = ({ back, there }: Path, patience: number): ReadonlyArray<number> =>
  arrivals(there, patience).map((chance, i) => chance * sum(arrivals(back, patience - meanOf(there) - again(i, dataMillis))))

/** The jitter of delays doesn't count: it decides no more than the last moment does. */
export const chances = (path: Path, patience: number): Chances => {
  const arrived = sum(arrivals(path.there, patience))
  const answered = sum(answers(path, patience))
  return { lost: 1 - arrived, unheard: arrived - answered, answered }
}

export interface Times {
  readonly there: number
  readonly back: number
}

const pick = (weights: ReadonlyArray<number>, hash: number): number => {
  let left = uniform(hash) * sum(weights)
  for (let i = 0; i < weights.length - 1; i++) if ((left -= weights[i] ?? 0) < 0) return i
  return Math.max(0, weights.length - 1)
}

/** How much longer than usual a question and its answer take, given that they are heard. */
export const exchange = (path: Path, patience: number, fate: "unheard" | "answered", hash: number): Times => {
  const { back, there } = path
  const sent = pick(fate === "answered" ? answers(path, patience) : arrivals(there, patience), mix(hash, 1))
  const rest = patience - meanOf(there) - again(sent, dataMillis)
  const returned = fate === "answered" ? pick(arrivals(back, rest), mix(hash, 2)) : 0
  return {
    there: again(sent, dataMillis) + delayed(there.delays, mix(hash, 3)),
    back: again(returned, dataMillis) + delayed(back.delays, mix(hash, 4))
  }
}

type Sent = { readonly fate: "lost" } | { readonly fate: "unheard" | "answered"; readonly times: Times }

/** What becomes of one question, all by chance. */
const sent = (path: Path, patience: number, hash: number): Sent => {
  const { lost, unheard } = chances(path, patience)
  const at = uniform(mix(hash, 7))
  if (at < lost) return { fate: "lost" }
  const fate = at < lost + unheard ? "unheard" : "answered"
  return { fate, times: exchange(path, patience, fate, hash) }
}

/** How long a connection takes to open, `Infinity` when it can't: neither the packet that asks for it nor its answer may be lost. */
export const opening = ({ back, there }: Path, hash: number): number => {
  const passes = (1 - there.loss) * (1 - back.loss)
  if (passes <= 0) return Infinity
  let lost = 0
  while (lost < 64 && uniform(mix(hash, 16 + lost)) > passes) lost++
  return again(lost, openMillis) + delayed(there.delays, mix(hash, 5)) + delayed(back.delays, mix(hash, 6))
}

/** A connection that is opened, and what becomes of the one question over it; or nothing, if it doesn't open in time. */
export type Conversation = { readonly openMillis: number; readonly sent: Sent } | "unopened"

/** `patience`: how long the asker waits for the connection, and then for the answer; `draw` gives 32 bits. */
export const conversation = (
  path: Path,
  patience: { readonly open: number; readonly answer: number },
  draw: () => number
): Conversation => {
  const openMillis = opening(path, draw())
  return openMillis > patience.open ? "unopened" : { openMillis, sent: sent(path, patience.answer, draw()) }
}

/** A question to a name server, by UDP: `undefined` when none of its tries is answered in time. */
export const lookUp = (path: Path, hash: number): number | undefined => {
  const passes = (1 - path.there.loss) * (1 - path.back.loss)
  for (let i = 0; i < lookUps; i++) {
    const took = delayed(path.there.delays, mix(hash, 32 + i)) + delayed(path.back.delays, mix(hash, 48 + i))
    if (took <= lookUpMillis && uniform(mix(hash, 64 + i)) <= passes) return i * lookUpMillis + took
  }
  return undefined
}

/** resolv.conf(5): `attempts` and `timeout`. */
const lookUps = 2
const lookUpMillis = 5_000
/** When a resolver gives up. */
export const lookUpPatience = lookUps * lookUpMillis
