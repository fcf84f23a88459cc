import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { emptyFolder, run } from "./Cli.ts"

/** A machine with neither kind nor Docker. */
const bare = { PATH: "/nowhere", XDG_STATE_HOME: emptyFolder() }

/** A machine whose `kind` says what there is, and takes every other order. */
const withKind = (...clusters: ReadonlyArray<string>) => {
  const folder = emptyFolder()
  const said = clusters.map((name) => `echo ${name}`).join("\n")
  fs.writeFileSync(path.join(folder, "kind"), `#!/bin/sh\necho "$@" >>${folder}/calls\n[ "$1" = get ] || exit 0\n${said}\n`, {
    mode: 0o755
  })
  return {
    env: { PATH: `${folder}:/usr/bin:/bin`, XDG_STATE_HOME: emptyFolder() },
    calls: () => fs.readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n")
  }
}

const minute = { timeout: 60_000 }

describe("doctor and the clusters of the machine", () => {
  it("doctor ends with 3 where there can be no cluster, and says what to do", minute, async () => {
    const { code, out } = await run(["doctor"], { env: bare })
    assert.strictEqual(code, 3)
    assert.match(out, /^missing +docker +docker is not on the PATH\./mu)
    assert.match(out, /^missing +kind +kind is not on the PATH\..* Install it: https:/mu)
    assert.include(out, "The embedded cluster needs nothing.")
  })

  it("doctor --json is one document", minute, async () => {
    const { code, out } = await run(["doctor", "--json"], { env: bare })
    const { diagnoses } = JSON.parse(out)
    assert.strictEqual(code, 3)
    assert.deepStrictEqual([diagnoses.length, diagnoses[0].provider, diagnoses[0].clusters], [1, "kind", 0])
    assert.deepStrictEqual(Object.keys(diagnoses[0].findings[0]), ["name", "status", "found", "advice"])
  })

  it("clusters are listed, and deleted by name", minute, async () => {
    const { calls, env } = withKind("aiopslab-1-1", "demo")
    const { code, out } = await run(["cluster", "list"], { env })
    assert.deepStrictEqual([code, out], [0, "aiopslab-1-1  kind  not noted on this machine\n"])
    const json = await run(["cluster", "list", "--json"], { env })
    assert.deepStrictEqual(JSON.parse(json.out), { clusters: [{ provider: "kind", name: "aiopslab-1-1", state: "unknown" }] })
    const deleted = await run(["cluster", "delete", "aiopslab-1-1"], { env })
    assert.deepStrictEqual([deleted.code, deleted.out], [0, "aiopslab-1-1 is deleted.\n"])
    assert.isTrue(calls().some((call) => call.startsWith("delete cluster --name aiopslab-1-1 ")))
  })

  it("a cluster that is not ours is not deleted, and nothing is collected that nobody left", minute, async () => {
    const { calls, env } = withKind("demo")
    const refused = await run(["cluster", "delete", "demo"], { env })
    assert.deepStrictEqual([refused.code, refused.out], [2, ""])
    assert.include(refused.err, "There is no cluster demo of ours.")
    const collected = await run(["cluster", "gc"], { env })
    assert.deepStrictEqual([collected.code, collected.out], [0, "Nothing to delete.\n"])
    assert.isFalse(calls().some((call) => call.startsWith("delete")))
  })

  it("without kind the list can't be made: exit code 3", minute, async () => {
    const { code, err, out } = await run(["cluster", "list"], { env: bare })
    assert.deepStrictEqual([code, out], [3, ""])
    assert.include(err, "kind is not on the PATH.")
  })
})
