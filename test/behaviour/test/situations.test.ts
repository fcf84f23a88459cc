import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { differences } from "../src/Compare.ts"
import * as Embedded from "../src/Embedded.ts"
import * as Recording from "../src/Recording.ts"
import { read } from "../src/Situation.ts"

const names = fs
  .readdirSync(Recording.folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(/\.yaml$/u, ""))
  .toSorted()

describe("the embedded cluster does what Kind did", () => {
  for (const name of names) {
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const situation = read(yield* Recording.source(name))
          const { runs } = yield* Recording.load(name)
          const found = differences(runs, yield* Embedded.run(situation, "situations"))
          const accepted = Object.keys(situation.accepted ?? {})
          const isAccepted = (line: string) => accepted.some((one) => line.startsWith(one))
          assert.deepStrictEqual(
            found.filter((line) => !isAccepted(line)),
            [],
            "differences that nobody accepted"
          )
          assert.deepStrictEqual(
            accepted.filter((one) => !found.some((line) => line.startsWith(one))),
            [],
            "accepted differences that are no more"
          )
        }).pipe(Effect.provide(NodeServices.layer)),
      60_000
    )
  }
})
