import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { folder, pages } from "../src/Pages.ts"

describe("docs/reference", () => {
  it.each(Object.entries(pages))("%s is what its sources say (npm run docs)", { timeout: 240_000 }, async (name, page) => {
    expect(readFileSync(join(folder, name), "utf8")).toBe(await page())
  })
})
