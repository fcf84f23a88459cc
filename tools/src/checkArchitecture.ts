import { readFileSync } from "node:fs"
import { join } from "node:path"
import { check, type SourceFile } from "./Architecture.ts"
import { importsOf } from "./Imports.ts"
import { readWorkspaces, root, rootManifest, rootReferences, sourcePaths } from "./Workspace.ts"

const readSource = (path: string): SourceFile => {
  const text = readFileSync(join(root, path), "utf8")
  return { path, lines: text.split("\n").length - 1, imports: importsOf(path, text) }
}

const workspaces = readWorkspaces()
const files = workspaces.flatMap(({ folder }) => sourcePaths(folder)).map(readSource)
const largeFiles = JSON.parse(readFileSync(join(root, "tools/large-files.json"), "utf8")) as Record<string, string>
const violations = check({ root: rootManifest(), rootReferences: rootReferences(), workspaces, files, largeFiles })

for (const { at, message, rule } of violations) console.error(`${at}: ${message} (${rule})`)
console.log(`architecture: ${files.length} files in ${workspaces.length} workspaces, ${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1
