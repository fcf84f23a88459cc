/** What packets of each pod meet, by where they go: several impairments of the same packets take their turns. Pure. */
import type { NetworkImpairmentSpec } from "@aiopslab/core/NetworkImpairment"

export type Disturbance = NetworkImpairmentSpec["effect"]

/** An impairment whose pods were found, by their addresses. */
export interface Impairment {
  readonly effect: Disturbance
  readonly from: ReadonlyArray<string>
  /** Undefined: whoever it is. */
  readonly to: ReadonlyArray<string> | undefined
}

export interface Way {
  /** Undefined: everybody whom no other way leads to; the last one. */
  readonly to: string | undefined
  readonly effects: ReadonlyArray<Disturbance>
}

export interface Sender {
  readonly address: string
  /** Never empty. */
  readonly ways: ReadonlyArray<Way>
}

const sorted = (addresses: Iterable<string>): ReadonlyArray<string> => [...new Set(addresses)].toSorted()

const waysOf = (address: string, met: ReadonlyArray<Impairment>): ReadonlyArray<Way> => {
  const effects = (applies: (one: Impairment) => boolean) => met.filter(applies).map(({ effect }) => effect)
  const anywhere = effects(({ to }) => to === undefined)
  // what a pod sends to itself never leaves it
  const peers = sorted(met.flatMap(({ to = [] }) => to)).filter((peer) => peer !== address)
  return [
    ...peers.map((peer) => ({ to: peer, effects: effects(({ to }) => to?.includes(peer) ?? true) })),
    ...(anywhere.length === 0 ? [] : [{ to: undefined, effects: anywhere }])
  ]
}

/** Every pod with impaired packets, in the order of addresses. */
export const sendersOf = (impairments: ReadonlyArray<Impairment>): ReadonlyArray<Sender> =>
  sorted(impairments.flatMap(({ from }) => from)).flatMap((address) => {
    const ways = waysOf(
      address,
      impairments.filter(({ from }) => from.includes(address))
    )
    return ways.length === 0 ? [] : [{ address, ways }]
  })

/** Share of packets that are lost, from 0 to 1. */
export const lossOf = (effects: ReadonlyArray<Disturbance>): number =>
  1 -
  effects.reduce((passes, effect) => {
    if (effect._tag === "Partition") return 0
    return effect._tag === "Loss" ? passes * (1 - effect.percent / 100) : passes
  }, 1)
