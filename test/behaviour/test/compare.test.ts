import { describe, expect, it } from "@effect/vitest"
import { differences } from "../src/Compare.ts"
import { completed } from "../src/PassedOver.ts"
import * as Sample from "../src/Sample.ts"
import type { Story } from "../src/Story.ts"

const story = (moments: ReadonlyArray<ReadonlyArray<string>>, more: Partial<Story> = {}): Story => ({
  pods: [{ of: "web-*", moments }],
  events: [],
  ends: {},
  ...more
})

const quick = story([["Pending"], ["terminated"]])
const seen = story([["Pending"], ["running", "ready"], ["terminated"]])

describe("a run beside recorded ones", () => {
  it("has the facts that they have", () => {
    expect(differences([quick, quick], quick)).toEqual([])
    expect(differences([quick], seen)).toEqual([
      "pod only on Kind: web-*: Pending, terminated",
      "pod only here: web-*: Pending, ready, running, terminated"
    ])
  })

  it("may take after either where they differ, but lacks nothing that all of them have", () => {
    expect(differences([quick, seen], quick)).toEqual([])
    expect(differences([quick, seen], seen)).toEqual([])
    expect(differences([quick, seen], story([["Pending"], ["running"], ["terminated"]]))).toEqual([])
    expect(differences([quick, seen], story([["Pending"], ["running"]]))).toHaveLength(2)
  })

  it("keeps to the order that all of them keep to", () => {
    expect(differences([quick, seen], story([["terminated"], ["Pending"]]))).toEqual([
      "order of web-*: on Kind Pending comes before terminated"
    ])
    expect(differences([quick, seen], story([["Pending", "terminated"]]))).toEqual([])
  })

  it("has as many pods of each class", () => {
    const two = { ...quick, pods: [...quick.pods, ...quick.pods] }
    expect(differences([quick, quick], two)).toEqual(["pod only here: web-*: Pending, terminated"])
  })

  it("tells an event once or again where they differ in that, and no event that none of them has", () => {
    const once = { ...quick, events: ["Killing"] }
    const again = { ...quick, events: ["Killing (again)"] }
    expect(differences([once, again], once)).toEqual([])
    expect(differences([once, once], again)).toEqual(["event only on Kind: Killing", "event only here: Killing (again)"])
    expect(differences([once, again], quick)).toEqual(["event only on Kind: Killing"])
    expect(differences([once, quick], quick)).toEqual([])
    expect(differences([quick, quick], once)).toEqual(["event only here: Killing"])
  })

  it("comes to an end that one of them came to", () => {
    const ended = (replicas: number): Story => ({ ...quick, ends: { web: [`replicas ${replicas}`] } })
    const [a, b, c] = [ended(1), ended(2), ended(3)]
    expect(differences([a, b], b)).toEqual([])
    expect(differences([a, b], c)).toEqual(["end only on Kind: web: replicas 1", "end only here: web: replicas 3"])
  })
})

describe("the tenth that is played anew", () => {
  const names = Array.from({ length: 100 }, (_, i) => `situation-${i}`)

  it("is the same for the same commit and another one for another", () => {
    expect(Sample.of("a", names, 10)).toHaveLength(10)
    expect(Sample.of("a", names, 10)).toEqual(Sample.of("a", names.toReversed(), 10))
    expect(Sample.of("b", names, 10)).not.toEqual(Sample.of("a", names, 10))
  })
})

describe("reports that a busy kubelet passes over", () => {
  const whole = story([
    ["phase Pending"],
    ["Ready False ContainersNotReady", "web not ready", "web waiting ContainerCreating"],
    ["Ready True", "phase Running", "web ready", "web running"],
    ["web terminated Error 1", "web restarted"]
  ])
  const of = (...moments: ReadonlyArray<ReadonlyArray<string>>) => differences([whole, whole], completed([whole], story(moments)))

  it("may lack in a run", () => {
    expect(
      of(["phase Pending"], ["Ready True", "phase Running", "web ready", "web running"], ["web terminated Error 1", "web restarted"])
    ).toEqual([])
  })

  it("are none where nothing later was said of it, or only some of it was", () => {
    expect(of(["phase Pending"], ["Ready True", "phase Running", "web ready", "web running"])).toHaveLength(2)
    expect(of(["phase Pending"], ["Ready True", "phase Running", "web ready", "web running"], ["web terminated Error 1"])).toHaveLength(2)
    expect(of(["phase Pending"], ["web not ready", "web waiting ContainerCreating"], ["web running"])).toHaveLength(2)
  })

  it("excuse no fact that was never recorded", () => {
    const fresh = [...whole.pods.flatMap(({ moments }) => moments).slice(0, 3), ["web terminated OOMKilled 137", "web restarted"]]
    expect(of(...fresh)).toHaveLength(2)
  })
})
