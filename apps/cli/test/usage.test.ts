import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect } from "vitest"
import { emptyFolder, run } from "./Cli.ts"

const escape = "\u001b"
const golden = (name: string): string => path.join(import.meta.dirname, "golden", `${name}.txt`)

describe("help and usage", () => {
  it("--version says the package's version", async () => {
    const { code, out } = await run(["--version"])
    const { version } = JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    assert.strictEqual(out, `aiopslab v${version}\n`)
    assert.strictEqual(code, 0)
  })

  it.each([
    ["help", ["--help"]],
    ["help-run", ["run", "--help"]],
    ["help-matrix", ["matrix", "--help"]],
    ["help-audit", ["audit", "--help"]],
    ["help-problems", ["problems", "--help"]],
    ["help-cluster", ["cluster", "--help"]],
    ["help-cluster-up", ["cluster", "up", "--help"]],
    ["help-doctor", ["doctor", "--help"]]
  ])("%s", async (name, args) => {
    const { code, err, out } = await run(args)
    await expect(out).toMatchFileSnapshot(golden(name))
    assert.strictEqual(err, "")
    assert.strictEqual(code, 0)
  })

  it.each([
    [["rnu"], "Did you mean this?\n    run"],
    [["run", "noop-hotel-reservation"], "Missing required flag: --agent"],
    [["run", "--agent", "nop"], "selector"],
    [["run", "x", "--agent", "nop", "--seed", "many"], "--seed"],
    [["run", "x", "--agent", "nop", "--agnt", "y"], "--agent"],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--time-limit", "soon"], '--time-limit does not take "soon"'],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--charge", "much"], '--charge does not take "much"'],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--max-steps", "0"], '--max-steps does not take "0"'],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--repeat", "0"], '--repeat does not take "0": at least 1'],
    [["run", "noop-hotel-reservation", "--agent", "nop", "-j", "0"], '--jobs does not take "0": at least 1'],
    [["audit", "noop-hotel-reservation", "-j", "-1"], '--jobs does not take "-1": at least 1'],
    [["matrix", "m.yaml", "-j", "0"], '--jobs does not take "0": at least 1'],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--repeat", "999999999"], "999999999 repeats are 999999999 trials"],
    [["run", "noop-hotel-reservatio", "--agent", "nop"], 'Did you mean "noop-hotel-reservation"?'],
    [["run", "noop-hotel-reservation", "--agent", "orcale"], 'Did you mean "oracle"?'],
    [["run", "noop-hotel-reservation", "--agent", "foo"], "`aiopslab agents list` shows the agents."],
    [["run", "noop-hotel-reservation", "--agent", "nop", "--time-limit=-5s"], "a duration such as"],
    [
      ["run", "noop-hotel-reservation", "--agent", "nop", "--agent-with", "foo=1"],
      'agent "nop" does not take this configuration: it takes nothing, got foo'
    ],
    [["run", "missing.yaml", "--agent", "nop"], "missing.yaml"],
    [["matrix", "missing.yaml"], "missing.yaml"],
    [
      ["run", "noop-hotel-reservation", "--agent", "nop", "--out", "/proc/x"],
      "/proc/x: ENOENT: no such file or directory, mkdir '/proc/x'"
    ],
    [["show", "nowhere"], "nowhere is not a run folder"],
    [["recover", "nowhere"], "nowhere is not a run folder"],
    [["recover", "."], ". is not a run folder"],
    [["plugins", "list", "--plugin", "@acme/none"], "@acme/none"]
  ])("%j is a mistake: exit code 2, said on stderr, nothing on stdout but data", { timeout: 60_000 }, async (args, said) => {
    const { code, err, out } = await run(args)
    assert.include(err, said)
    if (args[0] !== "plugins") assert.strictEqual(out, "")
    assert.strictEqual(code, 2)
    assert.notInclude(err, "    at ")
  })

  it("nothing to recover without a folder named and without runs", async () => {
    assert.deepStrictEqual(await run(["recover"]), { code: 0, out: "Nothing to recover.\n", err: "" })
  })

  it("a matrix of too many trials is told with its place, before anything is made of it", async () => {
    const cwd = emptyFolder()
    const spec = "spec:\n  problems: [noop-hotel-reservation]\n  agents: [{ use: nop }]\n  repeats: 9007199254740991\n"
    fs.writeFileSync(path.join(cwd, "m.yaml"), `apiVersion: aiopslab.dev/v1\nkind: Matrix\nmetadata: { name: many }\n${spec}`)
    const { code, err } = await run(["matrix", "m.yaml", "--dry-run"], { cwd })
    assert.match(err, /m\.yaml:7:12: 1 problems × 1 agents × 1 seeds × 9007199254740991 repeats are .* \[RUN_TOO_MANY_TRIALS\]/u)
    assert.strictEqual(code, 2)
  })

  it("with --json a mistake is JSON, too", async () => {
    const { code, err } = await run(["run", "nothing", "--agent", "nop", "--json"])
    assert.deepStrictEqual(
      JSON.parse(err).errors.map((each: { code: string }) => each.code),
      ["SELECTOR_UNKNOWN"]
    )
    assert.strictEqual(code, 2)
  })

  it("a directory and an unreadable manifest are told as such", async () => {
    const cwd = emptyFolder()
    fs.mkdirSync(path.join(cwd, "d.yaml"))
    const { code, err } = await run(["problems", "validate", "d.yaml"], { cwd })
    assert.match(err, /d\.yaml is a directory/u)
    assert.strictEqual(code, 2)
  })

  it("a Node that is too old is told in one line", async () => {
    const old = "data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.0' } })"
    const { code, err, out } = await run(["--version"], { node: ["--import", old] })
    assert.match(err, /^aiopslab needs Node 24 or newer; .*\n$/u)
    assert.strictEqual(out, "")
    assert.strictEqual(code, 2)
  })
})

describe("lists", () => {
  it("problems list --json", async () => {
    const { code, out } = await run(["problems", "list", "--json"])
    const { problems } = JSON.parse(out)
    assert.deepStrictEqual(Object.keys(problems[0]), ["name", "title", "tasks", "ids", "labels"])
    const noop = problems.find((each: { name: string }) => each.name === "noop-hotel-reservation")
    assert.deepStrictEqual(noop.ids, ["noop_detection_hotel_reservation-1"])
    assert.strictEqual(code, 0)
  })

  it("problems, agents and plugins for people, without colours outside a terminal", async () => {
    for (const [args, text] of [
      [["problems", "list"], "revoke-auth-mongodb-geo"],
      [["agents", "list"], "oracle"],
      [["plugins", "list"], "@aiopslab/task-aiops"]
    ] as const) {
      const { code, out } = await run(args)
      assert.include(out, text)
      assert.notInclude(out, escape)
      assert.strictEqual(code, 0)
    }
  })

  it("NO_COLOR wins, FORCE_COLOR colours", async () => {
    assert.include((await run(["agents", "list"], { env: { FORCE_COLOR: "1" } })).out, escape)
    assert.notInclude((await run(["agents", "list"], { env: { NO_COLOR: "1" } })).out, escape)
  })

  it("problems show takes a name or a classic id; --yaml is the file as it is written", async () => {
    const text = (await run(["problems", "show", "revoke_auth_mongodb-detection-1", "--yaml"])).out
    assert.include(text, "kind: Problem")
    assert.include((await run(["problems", "show", "revoke-auth-mongodb-geo"])).out, "mongodb-revoke-roles")
  })

  it("problems validate reports every mistake with its place, from where the person stands", async () => {
    const cwd = emptyFolder()
    fs.writeFileSync(
      path.join(cwd, "mine.yaml"),
      "apiVersion: aiopslab.dev/v1\nkind: Problem\nmetadata: { name: mine }\nspec:\n  app: { use: hotel-reservatio }\n  tasks: { detecton: {} }\n"
    )
    const { code, err } = await run(["problems", "validate", "mine.yaml"], { cwd })
    assert.match(err, /^mine\.yaml:5:15: There is no app named "hotel-reservatio"\. Did you mean "hotel-reservation"\?/u)
    assert.match(err, /^mine\.yaml:6:12: There is no task named "detecton"\. Did you mean "detection"\?/mu)
    assert.strictEqual(code, 2)
  })

  it("what can't be decoded in one file, or in one place of it, hides nothing elsewhere", async () => {
    const cwd = emptyFolder()
    const head = "apiVersion: aiopslab.dev/v1\nkind: Problem\n"
    fs.writeFileSync(
      path.join(cwd, "a.yaml"),
      `${head}metadata: { name: A }\nspec:\n  app: { use: hotel-reservatio }\n  faults: [{ use: pod-failure, with: { deploymnt: geo } }]\n  tasks: {}\n`
    )
    fs.writeFileSync(path.join(cwd, "b.yaml"), `${head}metadata: { name: b }\nspec: { app: { use: hotel }, tasks: {} }\n`)
    const { code, out } = await run(["problems", "validate", "a.yaml", "b.yaml", "--json"], { cwd })
    assert.strictEqual(code, 2)
    assert.deepStrictEqual(
      JSON.parse(out).errors.map((each: { code: string; location: { file: string; line: number } }) => [
        `${path.basename(each.location.file)}:${each.location.line}`,
        each.code
      ]),
      [
        ["a.yaml:3", "MANIFEST_INVALID_VALUE"],
        ["a.yaml:5", "PLUGIN_UNKNOWN_COMPONENT"],
        ["a.yaml:6", "MANIFEST_MISSING_FIELD"],
        ["a.yaml:6", "MANIFEST_UNKNOWN_FIELD"],
        ["a.yaml:7", "PROBLEM_NO_TASKS"],
        ["b.yaml:4", "PLUGIN_UNKNOWN_COMPONENT"],
        ["b.yaml:4", "PROBLEM_NO_TASKS"]
      ]
    )
  })

  it("schema writes the three files; --check notices an old one", async () => {
    const cwd = emptyFolder()
    assert.strictEqual((await run(["schema"], { cwd })).out, "schemas/problem.json\nschemas/suite.json\nschemas/matrix.json\n")
    assert.strictEqual((await run(["schema", "--check"], { cwd })).code, 0)
    fs.appendFileSync(path.join(cwd, "schemas/suite.json"), " ")
    const { code, err } = await run(["schema", "--check"], { cwd })
    assert.strictEqual(code, 1)
    assert.include(err, "schemas/suite.json")
  })
})
