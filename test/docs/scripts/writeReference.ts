/** Writes the generated pages of docs/reference: `npm run docs`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { folder, pages } from "../src/Pages.ts"

mkdirSync(folder, { recursive: true })
for (const [name, page] of Object.entries(pages)) writeFileSync(join(folder, name), await page())
