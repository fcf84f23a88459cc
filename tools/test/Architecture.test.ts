import { describe, expect, it } from "vitest"
import { check, type Repository, type SourceFile } from "../src/Architecture.ts"
import { importsOf } from "../src/Imports.ts"
import type { Manifest, Workspace } from "../src/Workspace.ts"

const workspace = (folder: string, manifest: Omit<Manifest, "name">, references: ReadonlyArray<string> = []): Workspace => ({
  folder,
  manifest: { name: `@aiopslab/${folder.split("/")[1]}`, ...manifest },
  references,
  testReferences: references
})

const core = workspace("packages/core", { dependencies: { effect: "4.1.0" } })
const kubernetes = workspace(
  "packages/kubernetes",
  { dependencies: { "@aiopslab/core": "0.1.0" }, devDependencies: { "@kubernetes/client-node": "2.0.1" } },
  ["packages/core"]
)
const plugin = workspace(
  "plugins/fault-mongodb",
  { peerDependencies: { "@aiopslab/core": "0.1.0" }, devDependencies: { "@aiopslab/core": "0.1.0" } },
  ["packages/core"]
)

const repository = (workspaces: ReadonlyArray<Workspace>, files: ReadonlyArray<SourceFile> = []): Repository => ({
  root: { name: "root", devDependencies: { vitest: "5.1.1" } },
  rootReferences: workspaces.flatMap(({ folder }) => [folder, `${folder}/tsconfig.test.json`]),
  workspaces,
  files,
  largeFiles: {}
})

const file = (path: string, text: string): SourceFile => ({ path, lines: text.split("\n").length, imports: importsOf(path, text) })

const rules = (path: string, text: string, workspaces: ReadonlyArray<Workspace> = [core, kubernetes, plugin]): ReadonlyArray<string> =>
  check(repository(workspaces, [file(path, text)])).map(({ at, rule }) => `${at} ${rule}`)

describe("imports", () => {
  it("an arrow that points down is fine", () => {
    expect(rules("packages/kubernetes/src/Store.ts", `import * as Plugin from "@aiopslab/core/Plugin"`)).toEqual([])
    expect(rules("plugins/fault-mongodb/src/index.ts", `import * as Plugin from "@aiopslab/core/Plugin"`)).toEqual([])
  })

  it("an arrow that points up is named with its line", () => {
    expect(rules("packages/core/src/Plugin.ts", `\nexport * from "@aiopslab/kubernetes/Store"`)).toEqual([
      "packages/core/src/Plugin.ts:2 arrow",
      "packages/core/src/Plugin.ts:2 undeclared"
    ])
  })

  it("a type is an import like any other", () => {
    expect(rules("packages/core/src/Plugin.ts", `import type { Store } from "@aiopslab/kubernetes/Store"`)).toContain(
      "packages/core/src/Plugin.ts:1 arrow"
    )
  })

  it("no package imports a plugin, and no plugin the runtime", () => {
    const runtime = workspace("packages/runtime", {})
    expect(rules("packages/runtime/src/Trial.ts", `await import("@aiopslab/fault-mongodb")`, [runtime, plugin])).toContain(
      "packages/runtime/src/Trial.ts:1 arrow"
    )
    expect(rules("plugins/fault-mongodb/src/index.ts", `import "@aiopslab/runtime/Trial"`, [core, runtime, plugin])).toContain(
      "plugins/fault-mongodb/src/index.ts:1 arrow"
    )
  })

  it("a preset imports plugins, another plugin only in its tests", () => {
    const dependencies = { "@aiopslab/fault-mongodb": "0.1.0" }
    const preset = workspace("plugins/preset-default", { dependencies }, ["plugins/fault-mongodb"])
    const other = { ...workspace("plugins/app-other", { devDependencies: dependencies }), testReferences: ["plugins/fault-mongodb"] }
    const text = `import { plugin } from "@aiopslab/fault-mongodb"`
    expect(rules("plugins/preset-default/src/index.ts", text, [core, plugin, preset])).toEqual([])
    expect(rules("plugins/app-other/test/app.test.ts", text, [core, plugin, other])).toEqual([])
    expect(rules("plugins/app-other/src/index.ts", text, [core, plugin, other])).toContain("plugins/app-other/src/index.ts:1 arrow")
  })

  it("what is internal stays in its package", () => {
    expect(rules("packages/kubernetes/src/Store.ts", `import "@aiopslab/core/internal/yaml"`)).toEqual([
      "packages/kubernetes/src/Store.ts:1 internal"
    ])
  })

  it("a relative path does not leave the package, nor lead from source to a test", () => {
    expect(rules("packages/kubernetes/test/a.test.ts", `import "../../core/src/Plugin.ts"`)).toEqual([
      "packages/kubernetes/test/a.test.ts:1 boundary"
    ])
    expect(rules("packages/core/src/A.ts", `import "../test/fixture.ts"`)).toEqual(["packages/core/src/A.ts:1 boundary"])
    expect(rules("packages/core/test/a.test.ts", `import "../src/internal/a.ts"`)).toEqual([])
  })

  it("only an edge of a pure package touches Node", () => {
    const text = `import { readFileSync } from "node:fs"`
    expect(rules("packages/core/src/A.ts", text)).toEqual(["packages/core/src/A.ts:1 pure"])
    expect(rules("packages/kubernetes/src/Store.ts", text)).toEqual(["packages/kubernetes/src/Store.ts:1 pure"])
    expect(rules("packages/kubernetes/src/edge/Https.ts", text)).toEqual([])
    expect(rules("packages/core/test/a.test.ts", text)).toEqual([])
  })

  it("the Kubernetes client gives types, or is loaded lazily", () => {
    const path = "packages/kubernetes/src/A.ts"
    expect(rules(path, `import type { V1Pod } from "@kubernetes/client-node"`)).toEqual([])
    expect(rules(path, `import { type V1Pod } from "@kubernetes/client-node"`)).toContain(`${path}:1 types-only`)
    const client = {
      ...kubernetes,
      manifest: { ...kubernetes.manifest, dependencies: { "@aiopslab/core": "0.1.0", "@kubernetes/client-node": "2.0.1" } }
    }
    expect(rules(path, `const client = await import("@kubernetes/client-node")`, [core, client])).toEqual([])
  })

  it("source uses what users install, tests also what developers install", () => {
    expect(rules("packages/core/src/A.ts", `import { it } from "vitest"`)).toEqual(["packages/core/src/A.ts:1 undeclared"])
    expect(rules("packages/core/test/a.test.ts", `import { it } from "vitest"`)).toEqual([])
    expect(rules("packages/core/src/A.ts", `import * as Effect from "effect/Effect"`)).toEqual([])
  })
})

describe("files", () => {
  const long: SourceFile = { path: "packages/core/src/Grammar.ts", lines: 501, imports: [] }

  it("more than 500 lines need a reason", () => {
    const one = repository([core], [long])
    expect(check(one)).toMatchObject([{ rule: "size", at: long.path }])
    expect(check({ ...one, largeFiles: { [long.path]: "a grammar" } })).toEqual([])
  })

  it("a reason without a long file is refused", () => {
    expect(check({ ...repository([core]), largeFiles: { [long.path]: "a grammar" } })).toMatchObject([{ rule: "size" }])
  })
})

describe("manifests", () => {
  it("a dependency against the arrows is refused before anything imports it", () => {
    const upward = workspace("packages/core", { dependencies: { "@aiopslab/kubernetes": "0.1.0" } }, ["packages/kubernetes"])
    expect(check(repository([upward, workspace("packages/kubernetes", {})]))).toMatchObject([
      { rule: "arrow", at: "packages/core/package.json" }
    ])
  })

  it("the tsconfig files refer to what package.json names", () => {
    expect(check(repository([core, { ...kubernetes, references: [] }]))).toMatchObject([{ rule: "references" }])
    expect(check({ ...repository([core]), rootReferences: [] })).toMatchObject([{ rule: "references", at: "tsconfig.json" }])
  })

  it("a peer is among devDependencies too", () => {
    const bare = workspace("plugins/fault-mongodb", { peerDependencies: { "@aiopslab/core": "0.1.0" } }, ["packages/core"])
    expect(check(repository([core, bare]))).toMatchObject([{ rule: "peer" }])
  })
})
