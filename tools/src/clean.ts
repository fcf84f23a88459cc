/** Removes what a build left, so that a deleted module can't stay in `dist`. */
import { globSync, rmSync } from "node:fs"
import { join } from "node:path"
import { readWorkspaces, root } from "./Workspace.ts"

for (const { folder } of readWorkspaces()) {
  for (const path of globSync("{dist,*.tsbuildinfo}", { cwd: join(root, folder) })) {
    rmSync(join(root, folder, path), { recursive: true })
  }
}
