import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const words = new URL("./Words.ts", import.meta.url)

/** Another clock, other chance. */
const other = (days: number) => `
  const now = Date.now, Real = Date, late = ${days} * 86_400_000
  globalThis.Date = class extends Real { constructor(...a) { super(...(a.length === 0 ? [now() + late] : a)) } static now() { return now() + late } }
  Math.random = () => ${days} / 1000
`

const said = (days: number, env: Record<string, string>, start = `await import(${JSON.stringify(words.href)})`) =>
  promisify(execFile)(
    process.execPath,
    ["--conditions=@aiopslab/source", "--no-warnings", "--input-type=module", "--eval", `${days === 0 ? "" : other(days)};${start}`],
    { env: { ...env, PATH: "" }, cwd: fileURLToPath(new URL("..", import.meta.url)) }
  ).then(({ stdout }) => stdout)

const edge = new URL("../src/edge/Interpreter.ts", import.meta.url).href

/** Two copies of the module, of which the second is loaded while the first is in use. */
const twoCopies = `
  const copies = []
  for (const copy of ["", "?another"]) copies.push((await import(${JSON.stringify(edge)} + copy)).interpreter())
  for (const [index, { justBash, within }] of copies.entries()) {
    const senses = { now: () => 86_400_000 * (index + 1), random: () => index / 2, after: () => () => {} }
    const { stdout } = await within(senses, () => new justBash.Bash().exec("date +%F; echo $RANDOM; awk 'BEGIN { print rand() }'"))
    process.stdout.write(stdout)
  }
`

const inThread = `const { Worker } = await import("node:worker_threads"); new Worker(new URL(${JSON.stringify(words.href)}), { execArgv: ["--conditions=@aiopslab/source"] })`

describe("the same script says the same", () => {
  it("on machines of another clock, chance, time zone and language, and in worker threads", async () => {
    const expected = await said(0, { TZ: "UTC", LC_ALL: "C" })
    assert.match(expected, /^\d+ \d+ 0 1767268800 1767268800.000000\nThu Jan {2}1 12:00:00 UTC 2026\n1577934240\n/u)
    assert.strictEqual(await said(17, { TZ: "America/St_Johns", LC_ALL: "sv_SE.UTF-8" }), expected)
    assert.strictEqual(await said(400, { TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8" }), expected)
    assert.strictEqual(await said(0, { TZ: "Asia/Kathmandu" }, inThread), expected)
  }, 120_000)

  it("where several copies of the package are in one thread", async () => {
    assert.strictEqual(await said(0, {}, twoCopies), "1970-01-02\n0\n0\n1970-01-03\n16384\n0.5\n")
  }, 120_000)
})
