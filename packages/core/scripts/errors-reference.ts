/** Writes docs/reference/errors.md. */
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import { markdown } from "../src/ErrorReference.ts"

const file = fileURLToPath(new URL("../../../docs/reference/errors.md", import.meta.url))
fs.mkdirSync(fileURLToPath(new URL(".", new URL("../../../docs/reference/errors.md", import.meta.url))), { recursive: true })
fs.writeFileSync(file, markdown)
