/** The version in package.json, which lies next to `src` and to `dist`. */
import * as fs from "node:fs"

const found: unknown = JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"))

export const version = typeof found === "object" && found !== null && "version" in found ? String(found.version) : "0.0.0"
