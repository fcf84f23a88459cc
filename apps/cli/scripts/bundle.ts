/**
 * Bundles the command tree for publishing: `--help` and `--version` then load one file. Handlers stay outside, so that plugins and runtime
 * share the one copy of Effect in `node_modules`. The problems that come with the program are copied next to it.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { rolldown } from "rolldown"

const dist = path.join(import.meta.dirname, "../dist")

const bundle = await rolldown({
  input: { aiopslab: path.join(dist, "main.js") },
  platform: "node",
  external: /^\.\/handlers\//u,
  logLevel: "warn"
})
await bundle.write({ dir: dist, format: "esm", entryFileNames: "aiopslab.js", chunkFileNames: "chunks/[name].js", minify: true })

fs.rmSync(path.join(dist, "problems"), { recursive: true, force: true })
fs.cpSync(path.join(import.meta.dirname, "../../../problems"), path.join(dist, "problems"), { recursive: true })
