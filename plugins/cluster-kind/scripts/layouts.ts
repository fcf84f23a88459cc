/** Puts the repository's standard layouts beside the built plugin, where an installed one finds them. */
import * as fs from "node:fs"
import * as path from "node:path"

const from = path.join(import.meta.dirname, "../../../kind")
const to = path.join(import.meta.dirname, "../dist/kind")

fs.mkdirSync(to, { recursive: true })
for (const name of ["x86.yaml", "arm.yaml"]) fs.copyFileSync(path.join(from, name), path.join(to, name))
