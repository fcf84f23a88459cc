import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Matrix from "../src/Matrix.ts"
import * as ProblemCatalog from "../src/ProblemCatalog.ts"

const problem = (name: string, prefix: string) => `
apiVersion: aiopslab.dev/v1
kind: Problem
metadata: { name: ${name} }
spec:
  app: { use: shop }
  tasks:
    detection: { id: ${prefix}-detection-1, answer: "yes" }
    mitigation: { id: ${prefix}-mitigation-1 }
`

const files: Readonly<Record<string, string>> = {
  "problems/a.yaml": problem("alpha-one", "alpha"),
  "problems/deep/b.yml": problem("beta-one", "beta"),
  "problems/suite.yaml":
    "apiVersion: aiopslab.dev/v1\nkind: Suite\nmetadata: { name: both }\nspec: { problems: [beta-one, alpha-detection-1, ../mine.yaml] }\n",
  "problems/wrong.yaml": "apiVersion: aiopslab.dev/v1\nkind: Problem\nmetadata: { name: wrong }\nspec: { tasks: {} }\n",
  "mine.yaml": problem("mine", "mine")
}

const catalogue = Effect.gen(function* () {
  const dir = yield* Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-"))),
    (dir) => Effect.sync(() => fs.rmSync(dir, { recursive: true }))
  )
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
    fs.writeFileSync(path.join(dir, name), text)
  }
  return { dir, catalog: yield* ProblemCatalog.load([path.join(dir, "problems"), path.join(dir, "nowhere")]) }
})

const chosen = (selectors: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { catalog, dir } = yield* catalogue
    const selections = yield* ProblemCatalog.select(catalog, selectors, dir)
    return selections.map(({ manifest, tasks }) => `${manifest.content.metadata.name}: ${tasks.join(", ")}`)
  })

describe("ProblemCatalog", () => {
  it.effect("a named pipe is no manifest, and nobody waits for it", () =>
    Effect.gen(function* () {
      const { dir } = yield* catalogue
      const pipe = path.join(dir, "pipe.yaml")
      execFileSync("mkfifo", [pipe])
      const mistakes = yield* Effect.flip(ProblemCatalog.readManifest(pipe))
      assert.deepStrictEqual(
        mistakes.map(({ code, hint }) => [code, hint]),
        [["MANIFEST_UNREADABLE", "Name a file on disk: write what comes through a pipe into one first."]]
      )
    })
  )

  it.effect("a folder that is reached by a link, too, is one folder", () =>
    Effect.gen(function* () {
      const { catalog, dir } = yield* catalogue
      fs.symlinkSync(path.join(dir, "problems"), path.join(dir, "linked"))
      const both = yield* ProblemCatalog.load([path.join(dir, "linked"), path.join(dir, "problems")])
      assert.deepStrictEqual([...both.problems.keys()], [...catalog.problems.keys()])
      assert.strictEqual(both.failures.length, catalog.failures.length)
    })
  )

  it.effect("a name selects all tasks, a classic id only its own", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* chosen(["alpha-one", "beta-mitigation-1"]), [
        "alpha-one: detection, mitigation",
        "beta-one: mitigation"
      ])
    })
  )

  it.effect("a glob selects problems by name, else single tasks by id", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* chosen(["*-one"]), ["alpha-one: detection, mitigation", "beta-one: detection, mitigation"])
      assert.deepStrictEqual(yield* chosen(["*-detection-?"]), ["alpha-one: detection", "beta-one: detection"])
      assert.deepStrictEqual(yield* chosen(["alpha*"]), ["alpha-one: detection, mitigation"])
    })
  )

  it.effect("a suite selects what it lists, paths seen from its own file; nothing twice", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* chosen(["both", "beta-one"]), [
        "beta-one: detection, mitigation",
        "alpha-one: detection",
        "mine: detection, mitigation"
      ])
    })
  )

  it.effect("tells all unknown selectors at once, with the nearest name", () =>
    Effect.gen(function* () {
      const errors = yield* Effect.flip(chosen(["alpha-on", "./absent.yaml", "zzz*"])).pipe(
        Effect.map((one) => ("code" in one ? [one] : one))
      )
      assert.deepStrictEqual(
        errors.map(({ code }) => code),
        ["SELECTOR_UNKNOWN", "MANIFEST_NOT_FOUND", "SELECTOR_UNKNOWN"]
      )
      assert.include(errors[0]?.text, "alpha-one")
    })
  )

  it.effect("one wrong manifest does not hide the others", () =>
    Effect.gen(function* () {
      const { catalog } = yield* catalogue
      assert.deepStrictEqual([...catalog.problems.keys()], ["alpha-one", "beta-one"])
      assert.isAbove(catalog.failures.length, 0)
      assert.include(catalog.failures[0]?.location?.file, "wrong.yaml")
    })
  )
})

describe("Matrix", () => {
  it.effect("expands in a fixed order under unique, safe ids", () =>
    Effect.gen(function* () {
      const { catalog, dir } = yield* catalogue
      const selections = yield* ProblemCatalog.select(catalog, ["alpha-one", "alpha-detection-1"], dir)
      const options: Matrix.MatrixOptions = {
        selections,
        agents: [{ use: "a" }, { use: "@x/b" }, { use: "a", with: { n: 2 } }],
        cluster: { use: "fake" },
        seeds: [3, 1],
        repeats: 2,
        limits: Matrix.defaultLimits,
        charge: Matrix.defaultCharge
      }
      const specs = yield* Effect.fromResult(Matrix.expand(options))
      const ids = specs.map(({ id }) => id)
      assert.strictEqual(new Set(ids).size, 2 * 3 * 2 * 2)
      assert.deepStrictEqual(ids.slice(0, 5), [
        "alpha-one_a_s3_r0",
        "alpha-one_a_s3_r1",
        "alpha-one_a_s1_r0",
        "alpha-one_a_s1_r1",
        "alpha-one_-x-b_s3_r0"
      ])
      assert.strictEqual(ids[12], "alpha-one.detection_a_s3_r0")
      for (const id of ids) assert.match(id, /^[-._A-Za-z0-9]+$/u)

      const most = { ...options, agents: [{ use: "a" }], seeds: [0] }
      assert.strictEqual((yield* Effect.fromResult(Matrix.expand({ ...most, repeats: 50_000 }))).length, 100_000)
      for (const repeats of [50_001, Number.MAX_SAFE_INTEGER]) {
        const error = yield* Effect.flip(Effect.fromResult(Matrix.expand({ ...most, repeats })))
        assert.strictEqual(error.code, "RUN_TOO_MANY_TRIALS")
        assert.include(error.text, `2 problems × 1 agents × 1 seeds × ${repeats} repeats are ${2 * repeats} trials; the limit is 100000.`)
      }
    })
  )
})
