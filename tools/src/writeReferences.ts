/** Writes the `references` of every tsconfig from the package.json files, so that the two can't disagree. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, posix } from "node:path"
import { expectedReferences, projectsOf } from "./Architecture.ts"
import { readWorkspaces, root } from "./Workspace.ts"

const write = (folder: string, file: string, references: ReadonlyArray<string>): void => {
  const path = join(root, folder, file)
  if (!existsSync(path)) return
  const config = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>
  const relative = references.map((target) => ({ path: target === folder ? "." : posix.relative(folder, target) }))
  writeFileSync(path, `${JSON.stringify({ ...config, references: relative }, null, 2)}\n`)
}

const workspaces = readWorkspaces()
for (const workspace of workspaces) {
  const { source, test } = expectedReferences(workspaces, workspace)
  write(workspace.folder, "tsconfig.json", source)
  if (test !== undefined) write(workspace.folder, "tsconfig.test.json", [workspace.folder, ...test])
}
write(".", "tsconfig.json", projectsOf(workspaces))
