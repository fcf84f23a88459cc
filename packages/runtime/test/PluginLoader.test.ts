import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as PluginLoader from "../src/PluginLoader.ts"

const folder = (files: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-"))
      for (const [name, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
        fs.writeFileSync(path.join(dir, name), text)
      }
      return dir
    }),
    (dir) => Effect.sync(() => fs.rmSync(dir, { recursive: true }))
  )

const plugin = (name: string, nested = "") =>
  `export const plugin = { apiVersion: 1, name: ${JSON.stringify(name)}, components: [], plugins: [${nested}] }`

const manifest = (name: string, extra: object = {}) =>
  JSON.stringify({
    name,
    version: "2.0.0",
    type: "module",
    keywords: ["aiopslab-plugin"],
    exports: { ".": { default: "./index.js" } },
    ...extra
  })

const names = (loaded: PluginLoader.LoadedPlugins) => loaded.plugins.map((one) => one.plugin.name)

describe("PluginLoader", () => {
  it.effect("finds the dependencies that say they are plugins, and only those", () =>
    Effect.gen(function* () {
      const cwd = yield* folder({
        "package.json": JSON.stringify({
          dependencies: { "@acme/fault": "1" },
          devDependencies: { "acme-agent": "1", lodash: "1", absent: "1" }
        }),
        "node_modules/@acme/fault/package.json": manifest("@acme/fault"),
        "node_modules/@acme/fault/index.js": plugin("@acme/fault"),
        "node_modules/acme-agent/package.json": manifest("acme-agent"),
        "node_modules/acme-agent/index.js": plugin("acme-agent"),
        "node_modules/lodash/package.json": manifest("lodash", { keywords: [] })
      })
      const loaded = yield* PluginLoader.load({ cwd, explicit: [], presets: [] })
      assert.deepStrictEqual(names(loaded), ["@acme/fault", "acme-agent"])
      assert.deepStrictEqual(loaded.failures, [])
      assert.deepStrictEqual(
        loaded.sources.map(({ version }) => version),
        ["2.0.0", "2.0.0"]
      )
    })
  )

  it.effect("says which plugin failed, why, and what still works", () =>
    Effect.gen(function* () {
      const cwd = yield* folder({
        "good.js": plugin("good"),
        "throws.js": "throw new Error('no licence')",
        "empty.js": "export const other = 1",
        "future.js": plugin("future").replace("apiVersion: 1", "apiVersion: 2")
      })
      const loaded = yield* PluginLoader.load({
        cwd,
        explicit: ["./throws.js", "./good.js", "./empty.js", "./future.js", "@acme/none", "./none.js"],
        presets: []
      })
      assert.deepStrictEqual(names(loaded), ["good"])
      const texts = loaded.failures.map(({ hint, text }) => `${text} ${hint}`)
      for (const [index, why] of ["no licence", "exports no `plugin`", "version 2", "not installed", "no such file"].entries())
        assert.include(texts[index], why)
      for (const text of texts) assert.include(text, "good")
    })
  )

  it.effect("takes presets apart, and what is named explicitly wins over a preset's", () =>
    Effect.gen(function* () {
      const cwd = yield* folder({
        "mine.js": plugin("b"),
        "node_modules/preset/package.json": manifest("preset"),
        "node_modules/preset/index.js": plugin(
          "preset",
          [plugin("a"), plugin("b")].map((text) => text.replace("export const plugin = ", "")).join(",")
        )
      })
      const loaded = yield* PluginLoader.load({ cwd, explicit: ["./mine.js"], presets: [{ name: "preset", from: cwd }] })
      assert.deepStrictEqual(names(loaded), ["b", "preset", "a"])
      assert.strictEqual(loaded.plugins[0]?.source.name, "./mine.js")
      const again = yield* PluginLoader.loadSources(loaded.sources)
      assert.deepStrictEqual(names(again), names(loaded))
    })
  )
})
