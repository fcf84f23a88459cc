/** The text of a JSON answer. */

/** Pages that the real server writes for people. */
const pages: ReadonlySet<string> = new Set(["/", "/version", "/version/"])

export const jsonText = (path: string, body: unknown): string =>
  pages.has(path) ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`
