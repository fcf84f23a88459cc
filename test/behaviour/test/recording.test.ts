import { assert, describe, it } from "@effect/vitest"
import { unended } from "aiopslab-test-differential/clients/Play"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Recorded from "../src/clients/Recorded.ts"
import { judge } from "../src/clients/Verdict.ts"

const fine = { code: 0, stdout: "ok\n", stderr: "" }
const provenance = { by: "a test", kit: "0", server: "v1.34.0" }

describe("a command that does not end", () => {
  it("differs, also from one that did not end on Kind", () => {
    const both = new Map([
      ["hangs", unended],
      ["ends", fine]
    ])
    assert.deepStrictEqual([...judge({ ours: both, real: both }).open.keys()], ["hangs"])
  })

  it.effect("is not recorded, nor are those with it", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const files = FileSystem.layerNoop({ writeFileString: (path) => Effect.sync(() => void written.push(path)) })
      const save = (commands: ReadonlyMap<string, typeof unended>) =>
        Recorded.save("topic", provenance, commands).pipe(Effect.provide(files))
      const refused = yield* Effect.flip(
        save(
          new Map([
            ["ends", fine],
            ["hangs", unended]
          ])
        )
      )
      assert.strictEqual(refused.message, "topic is not recorded: these commands did not end: hangs")
      assert.deepStrictEqual(written, [])
      yield* save(new Map([["ends", fine]]))
      assert.strictEqual(written.length, 1)
    })
  )
})
