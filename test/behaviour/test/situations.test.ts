import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as Recording from "../src/Recording.ts"
import * as Unexplained from "../src/Unexplained.ts"

const names = fs
  .readdirSync(Recording.folder)
  .filter((file) => file.endsWith(".recorded.json"))
  .map((file) => file.replace(/\.recorded\.json$/u, ""))
  .toSorted()

describe("the embedded cluster does what Kind did", () => {
  for (const name of names) {
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const { idle, open } = yield* Unexplained.found(name)
          const listed = (yield* Unexplained.load)[name] ?? []
          assert.deepStrictEqual(open.toSorted(), listed.toSorted(), "what differs, and what is listed as unexplained")
          assert.deepStrictEqual(idle, [], "accepted differences that are no more")
        }).pipe(Effect.provide(NodeServices.layer)),
      60_000
    )
  }

  it("every situation has a recording or is known to wait for one", () => {
    const waiting = fs.readFileSync(`${Recording.folder}waiting.txt`, "utf8").split("\n").filter(Boolean)
    const all = fs.readdirSync(Recording.folder).filter((file) => file.endsWith(".yaml"))
    const unrecorded = all.map((file) => file.replace(/\.yaml$/u, "")).filter((name) => !names.includes(name))
    assert.deepStrictEqual(unrecorded.toSorted(), waiting.toSorted())
  })
})
