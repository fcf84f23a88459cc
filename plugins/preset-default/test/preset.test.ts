import * as EditorSchema from "@aiopslab/core/EditorSchema"
import * as Manifest from "@aiopslab/core/Manifest"
import * as Plan from "@aiopslab/core/Plan"
import * as Registry from "@aiopslab/core/Registry"
import { plugin } from "@aiopslab/preset-default"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const registry = Registry.make([plugin])
const schemas = EditorSchema.make(registry)
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })

const problems = path.join(root, "problems")
const files = fs
  .readdirSync(problems, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .toSorted()

const kindOf = (text: string): keyof typeof schemas => {
  const kind = /^kind: (Problem|Suite|Matrix)$/mu.exec(text)?.[1]
  return kind === "Suite" ? "suite" : kind === "Matrix" ? "matrix" : "problem"
}

const validators = { problem: ajv.compile(schemas.problem), suite: ajv.compile(schemas.suite), matrix: ajv.compile(schemas.matrix) }

describe("the default plugins", () => {
  it("no two offer the same name", () => {
    const names = registry.components.map(({ component }) => `${component._tag} ${component.name}`)
    assert.deepStrictEqual(names.toSorted(), [...new Set(names)].toSorted())
  })

  it("every component says in one sentence what it is", () => {
    for (const { component } of registry.components) assert.match(component.summary, /^\S.*[^.]$/u, component.name)
  })

  it("there are problems to check", () => {
    assert.isAtLeast(files.length, 4)
  })

  it.effect.each(files)("%s fits its schema and can be planned", (file) =>
    Effect.gen(function* () {
      const text = fs.readFileSync(path.join(problems, file), "utf8")
      const validate = validators[kindOf(text)]
      assert.isTrue(validate(parse(text, { merge: true })), JSON.stringify(validate.errors, undefined, 1))
      const manifest = yield* Manifest.decode(file, text)
      if (manifest.content.kind === "Problem") yield* Plan.resolve(yield* Manifest.narrow(manifest, "Problem"), registry)
    })
  )

  it.each(["problem", "suite", "matrix"] as const)("schemas/%s.json is up to date (npm exec -- aiopslab schema)", (kind) => {
    const written = fs.readFileSync(path.join(root, "schemas", `${kind}.json`), "utf8")
    assert.strictEqual(written, `${JSON.stringify(schemas[kind], undefined, 2)}\n`)
  })
})
