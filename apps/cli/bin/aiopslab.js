#!/usr/bin/env node
// Plain JavaScript, so that a Node that is too old can still say so.
import * as fs from "node:fs"
import * as module from "node:module"

const wanted = 24
const found = Number(process.versions.node.split(".")[0])

if (!(found >= wanted) || typeof module.registerHooks !== "function") {
  process.stderr.write(
    `aiopslab needs Node ${wanted} or newer; this is ${process.version}. In a clone, \`npm exec -- aiopslab\` runs on the right one.\n`
  )
  process.exitCode = 2
} else {
  // stripping types and compiling hundreds of modules is half of what a command costs
  module.enableCompileCache()
  const source = new URL("../src/main.ts", import.meta.url)
  if (fs.existsSync(source)) {
    module.registerHooks({
      resolve: (specifier, context, next) => next(specifier, { ...context, conditions: ["@aiopslab/source", ...context.conditions] })
    })
    await import(source.href)
  } else {
    await import(new URL("../dist/aiopslab.js", import.meta.url).href)
  }
}
