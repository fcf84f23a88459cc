import * as Network from "@aiopslab/simulator/Network"
import { describe, expect, it } from "@effect/vitest"

const targets = ["a", "a", "b", "c"].map((node, i) => ({ node, name: `${node}${i}` }))
const last = (count: number) => count - 1
const at = (node: string, address = "10.244.1.2") => ({ node, address })

const name = (spread: Network.Spread, caller: ReturnType<typeof at>, choose = last) => Network.chosen(targets, spread, caller, choose)?.name

describe("a Service's targets", () => {
  it("are all of them, by chance", () => {
    expect([0, 1, 2, 3].map((i) => name(Network.even, at("a"), () => i))).toEqual(["a0", "a1", "b2", "c3"])
  })

  it("are those on the caller's node where traffic stays local, or none", () => {
    const local = { affinity: "none", scope: "node" } as const
    expect([name(local, at("a")), name(local, at("b")), name(local, at("d"))]).toEqual(["a1", "b2", undefined])
  })

  it("are always the same for a caller that is to stay with one, and not the same for all callers", () => {
    const sticky = { affinity: "caller", scope: "cluster" } as const
    const callers = Array.from({ length: 50 }, (_, i) => at("a", `10.244.1.${i}`))
    const first = callers.map((one) => name(sticky, one))
    expect(callers.map((one) => name(sticky, one, () => 0))).toEqual(first)
    expect(new Set(first).size).toBe(4)
  })
})
