import * as RuntimeServices from "@aiopslab/runtime/RuntimeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Lab from "./Lab.ts"
import { type Read, sweep } from "./Sweep.ts"

const telling = /aiopslab|simulat|embedded|plane|fault|inject|trial|just-bash/giu

/** What a real cluster says, too. */
const innocent = /control[- ]?plane|default|contains injected data from multiple sources|x-kubernetes-embedded-resource/giu

/** Texts that stand encoded in a text: certificates, tokens, secrets. */
const decoded = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/[\w+/-]{8,}={0,2}/gu)].map(([found]) => Buffer.from(found, "base64").toString("latin1"))

const told = ({ from, text }: Read): ReadonlyArray<string> =>
  [text, ...new Set([...decoded(text), ...decoded(text.replace(/\\n|\n/gu, ""))])].flatMap((each) => {
    const rest = each.replace(innocent, (found) => "·".repeat(found.length))
    return [...rest.matchAll(telling)].map(({ index }) => `${from}: …${each.slice(Math.max(0, index - 60), index + 60)}…`)
  })

describe("an agent that reads everything", () => {
  it.live.each([
    "noop-hotel-reservation",
    "pod-failure-hotel-res",
    "pod-kill-hotel-res",
    "container-kill",
    "network-delay-hotel-res",
    "network-loss-hotel-res",
    "revoke-auth-mongodb-geo",
    "wrong-bin-usage"
  ])(
    "finds no word of what the cluster is or of what was done to it: %s",
    (problem) =>
      Effect.gen(function* () {
        const dir = yield* Lab.temporary
        const [spec] = yield* Lab.trials({ selectors: [problem], agents: [{ use: "nop" }], dir })
        assert(spec !== undefined)
        const read = yield* sweep(spec)
        const all = read.map(({ text }) => text).join("\n")
        // it did read what it should
        for (const seen of ["-----BEGIN CERTIFICATE-----", "managedFields", "KUBERNETES_SERVICE_HOST", "eyJ", "mongodb-geo", "== /"])
          assert.include(all, seen)
        assert.deepStrictEqual([...new Set(read.flatMap(told))].slice(0, 40), [])
      }).pipe(Effect.scoped, Effect.provide(RuntimeServices.layer)),
    60_000
  )

  it("would be noticed to find one", () => {
    const token = Buffer.from('{"iss":"the simulator"}').toString("base64url")
    assert.lengthOf(told({ from: "", text: `x ${token}.y` }), 1)
    assert.lengthOf(told({ from: "", text: "the default of the control-plane" }), 0)
    assert.lengthOf(told({ from: "", text: '"manager":"aiopslab"' }), 1)
  })
})
