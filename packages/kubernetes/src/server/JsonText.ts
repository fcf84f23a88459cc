/** The text of a JSON answer. */
import { stringify } from "../KeyedJson.ts"

/** Pages that the real server writes for people. */
const pages: ReadonlySet<string> = new Set(["/", "/version", "/version/"])

export const jsonText = (path: string, body: unknown): string => (pages.has(path) ? stringify(body, 2) : `${stringify(body)}\n`)
