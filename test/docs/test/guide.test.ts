import { requireProgram } from "@aiopslab/testkit/Requirements"
import { globSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { blocksOf, read, root } from "../src/Page.ts"
import { start } from "../src/Program.ts"
import { workshop, type Workshop } from "../src/Workshop.ts"

const noPython = requireProgram("python3")
const minutes = { timeout: 240_000 }

/** What the compiler has against these files of the folder, under the repository's settings. */
const typeErrors = async (here: Workshop, files: ReadonlyArray<string>): Promise<string> => {
  const options = { noEmit: true, composite: false, declaration: false, incremental: false, tsBuildInfoFile: null, plugins: [] }
  here.write("package.json", JSON.stringify({ type: "module" }))
  here.write("tsconfig.json", JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions: options, files }))
  const { code, err, out } = await start(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], here.folder)
  return code === 0 ? "" : `${out}${err}`
}

const shim = (target: string) => ["--agent", "process", "--agent-with", `command=["python3","-m","aiopslab_agent","${target}"]`]

describe("the example of docs/guide/write-a-problem.md", () => {
  const page = "docs/guide/write-a-problem.md"
  const file = "problems/wrong-binary-in-search.yaml"

  it("is valid and passes the audit", minutes, async () => {
    using here = workshop()
    here.copy(page, file)
    const valid = await here.aiopslab("problems", "validate", file)
    expect([valid.code, valid.err]).toEqual([0, ""])
    const audit = await here.aiopslab("audit", file, "--json")
    const { findings } = JSON.parse(audit.out) as { readonly findings: ReadonlyArray<{ readonly agent: string; readonly verdict: string }> }
    expect(findings.filter(({ verdict }) => verdict !== "ok")).toEqual([])
    expect(findings.map(({ agent }) => agent)).toContain("oracle")
    expect(audit.code).toBe(0)
  })

  it("is found by its name in the folder that the page says", minutes, async () => {
    using here = workshop()
    here.copy(page, file)
    expect((await here.run("wrong-binary-in-search", "--agent", "oracle")).map(({ success, task }) => [task, success])).toEqual([
      ["detection", true],
      ["localization", true],
      ["mitigation", true]
    ])
  })
})

describe("the example of docs/guide/write-a-plugin.md", () => {
  const page = "docs/guide/write-a-plugin.md"
  const files = ["fault-no-replicas/package.json", "fault-no-replicas/index.ts", "scaled-away.yaml"]
  const conformance = "fault-no-replicas/conformance.test.ts"

  it("type-checks under the repository's settings", minutes, async () => {
    using here = workshop()
    here.copy(page, ...files, conformance)
    expect(await typeErrors(here, ["fault-no-replicas/index.ts", conformance])).toBe("")
  })

  it("is loaded, listed with its component, and used: oracle repairs, nop doesn't", minutes, async () => {
    using here = workshop()
    here.copy(page, ...files)
    const plugin = ["--plugin", "./fault-no-replicas"]
    const listed = await here.aiopslab("plugins", "list", ...plugin)
    expect(listed.out).toMatch(/^@acme\/fault-no-replicas +0\.1\.0$/mu)
    expect(listed.out).toMatch(/^ +no-replicas +fault +A deployment is scaled to zero$/mu)
    expect((await here.run("scaled-away.yaml", "--agent", "oracle", ...plugin)).map(({ outcome, task }) => [task, outcome])).toEqual([
      ["localization", "passed"],
      ["mitigation", "passed"]
    ])
    const idle = await here.run("scaled-away.yaml", "--agent", "nop", ...plugin)
    expect(idle.map(({ outcome, task }) => [task, outcome])).toEqual([
      ["localization", "no-answer"],
      ["mitigation", "failed"]
    ])
  })

  it("conforms, as its own test says", minutes, async () => {
    using here = workshop()
    here.copy(page, ...files, conformance)
    const condition = "@aiopslab/source"
    const config = { ssr: { resolve: { conditions: [condition] } }, test: { execArgv: [`--conditions=${condition}`] } }
    here.write("vitest.config.js", `export default ${JSON.stringify(config)}`)
    const vitest = join(root, "node_modules/vitest/vitest.mjs")
    const { code, err, out } = await start(process.execPath, [vitest, "run", "--reporter", "tap-flat"], here.folder)
    expect(code, `${out}${err}`).toBe(0)
    expect(out.match(/^ok /gmu)).toHaveLength(9)
  })

  it("passes the audit", minutes, async () => {
    using here = workshop()
    here.copy(page, ...files)
    const { code, err } = await here.aiopslab("audit", "scaled-away.yaml", "--plugin", "./fault-no-replicas")
    expect([code, err.includes("warning")]).toEqual([0, false])
  })
})

describe("the examples of docs/guide/connect-an-agent.md", () => {
  const page = "docs/guide/connect-an-agent.md"

  it.skipIf(noPython !== undefined)(
    `the Python agent solves detection, and says No where nothing is wrong${noPython ?? ""}`,
    minutes,
    async () => {
      using here = workshop()
      here.copy(page, "agent.py")
      expect(await here.run("revoke_auth_mongodb-detection-1", ...shim("agent.py:Agent"))).toMatchObject([
        { outcome: "passed", answer: "Yes" }
      ])
      expect(await here.run("noop_detection_hotel_reservation-1", ...shim("agent.py:Agent"))).toMatchObject([
        { outcome: "passed", answer: "No" }
      ])
    }
  )

  it("the program in JSON lines is asked and answers", minutes, async () => {
    using here = workshop()
    here.copy(page, "agent.mjs")
    const tasks = await here.run("revoke_auth_mongodb-detection-1", "--agent", "process", "--agent-with", 'command=["node","agent.mjs"]')
    expect(tasks).toMatchObject([{ outcome: "passed", answer: "Yes" }])
  })
})

describe("the examples of README.md", () => {
  it("the problem is valid and passes the audit", minutes, async () => {
    using here = workshop()
    const [yaml] = blocksOf(read("README.md")).filter(({ language }) => language === "yaml")
    here.write("mine.yaml", yaml?.text ?? "")
    const { code, out } = await here.aiopslab("audit", "mine.yaml")
    expect(out).toContain("6 of 6 as it should be")
    expect(code).toBe(0)
  })

  it.skipIf(noPython !== undefined)(`the agent has at most 15 lines and solves detection${noPython ?? ""}`, minutes, async () => {
    using here = workshop()
    here.copy("README.md", "agent.py")
    const text = blocksOf(read("README.md")).find(({ file }) => file === "agent.py")?.text ?? ""
    expect(text.trim().split("\n").length).toBeLessThanOrEqual(15)
    expect(await here.run("revoke_auth_mongodb-detection-1", ...shim("agent.py:Agent"))).toMatchObject([
      { outcome: "passed", answer: "Yes" }
    ])
    expect(await here.run("noop_detection_hotel_reservation-1", ...shim("agent.py:Agent"))).toMatchObject([
      { outcome: "passed", answer: "No" }
    ])
  })
})

describe("the modules on the READMEs of packages", () => {
  const pages = globSync("{packages,plugins,apps}/*/README.md", { cwd: root }).toSorted()
  const examples = pages.flatMap((page) =>
    blocksOf(read(page)).flatMap(({ file, text }) => (file === undefined ? [] : [{ page, file, text }]))
  )

  it("type-check under the repository's settings", minutes, async () => {
    using here = workshop()
    const files = examples.map(({ file, page }) => `${page.replace("/README.md", "")}/${file}`)
    for (const [at, { text }] of examples.entries()) here.write(files[at] ?? "", text)
    expect(await typeErrors(here, files)).toBe("")
    expect(files.length).toBeGreaterThanOrEqual(4)
  })
})
