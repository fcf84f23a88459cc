/** `npm run lockfile` writes; with `--check` it fails where it would write. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { addressed, type Lockfile, mend } from "./Lockfile.ts"
import { root } from "./Workspace.ts"

const path = join(root, "package-lock.json")
const lockfile = JSON.parse(readFileSync(path, "utf8")) as Lockfile
const mended = mend(lockfile)
const missing = Object.keys(mended.packages).filter((key) => lockfile.packages[key] === undefined)
const withAddress = addressed(lockfile)

if (withAddress.length > 0) {
  console.error(`package-lock.json holds download addresses (.npmrc omits them) of: ${withAddress.join(", ")}`)
  process.exitCode = 1
}
if (process.argv.includes("--check")) {
  for (const key of missing) console.error(`package-lock.json lacks ${key}: npm run lockfile`)
  if (missing.length > 0) process.exitCode = 1
} else if (missing.length > 0) {
  writeFileSync(path, `${JSON.stringify(mended, null, 2)}\n`)
  console.log(`package-lock.json: added ${missing.length} packages of other platforms`)
}
