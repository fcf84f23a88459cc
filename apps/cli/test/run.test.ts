import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { emptyFolder, run, start } from "./Cli.ts"

const problem = "noop-hotel-reservation"

/** Everything below a folder with its bytes. */
const tree = (dir: string): ReadonlyMap<string, string> =>
  new Map(
    fs
      .readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name)
        return [path.relative(dir, file), fs.readFileSync(file, "utf8")]
      })
  )

describe("run", { timeout: 60_000 }, () => {
  it("--json prints one document; the folder holds the record; the same command resumes", async () => {
    const cwd = emptyFolder()
    const args = ["run", problem, "--agent", "oracle", "--out", "r", "--json"]
    const first = await run(args, { cwd })
    assert.strictEqual(first.code, 0, first.err)
    const document = JSON.parse(first.out)
    assert.deepStrictEqual(Object.keys(document.run), ["id", "dir", "seed", "versions"])
    const [trial] = document.trials
    for (const key of ["problem", "agent", "model", "seed", "repeat", "virtualMs", "wallMs", "tasks"]) assert.property(trial, key)
    const [task] = trial.tasks
    for (const key of ["task", "id", "outcome", "success", "reason", "answer", "steps", "tokens", "costUsd", "results"])
      assert.property(task, key)
    assert.strictEqual(task.outcome, "passed")
    assert.strictEqual(task.results["Detection Accuracy"], "Correct")
    const files = [...tree(path.join(cwd, "r")).keys()].toSorted()
    assert.deepStrictEqual(files, [
      "run.json",
      `trials/${trial.id}/events.ndjson`,
      `trials/${trial.id}/session-detection.json`,
      `trials/${trial.id}/trial.json`
    ])

    const record = tree(path.join(cwd, "r"))
    const again = await run(args, { cwd })
    assert.deepStrictEqual(JSON.parse(again.out), document)
    assert.deepStrictEqual(tree(path.join(cwd, "r")), record)
  })

  it("another command does not get the same folder", async () => {
    const cwd = emptyFolder()
    await run(["run", problem, "--agent", "oracle", "--out", "r"], { cwd })
    const { code, err } = await run(["run", problem, "--agent", "nop", "--out", "r"], { cwd })
    assert.include(err, "RUN_OTHER_COMMAND")
    assert.strictEqual(code, 2)
  })

  it("verdicts change the exit code only with --fail-under", async () => {
    const cwd = emptyFolder()
    const args = ["run", problem, "--agent", "always-yes"]
    assert.strictEqual((await run(args, { cwd })).code, 0)
    assert.strictEqual((await run([...args, "--fail-under", "0.8"], { cwd })).code, 1)
  })

  it("results are on stdout, progress on stderr, and show prints them again", async () => {
    const cwd = emptyFolder()
    const { err, out } = await run(["run", problem, "--agent", "nop", "--out", "r"], { cwd })
    assert.match(out, /no-answer/u)
    assert.match(out, /0 of 1 task passed in 1 trial\. Record: r\n$/u)
    assert.match(err, /^noop-hotel-reservation_nop_s0_r0 {2}detection {2}no-answer/u)
    assert.strictEqual((await run(["show", "r"], { cwd })).out, out)
    const whole = await run(["show", "r", "--trial", "noop-hotel-reservation_nop_s0_r0"], { cwd })
    assert.match(whole.out, /detection {2}no-answer/u)
    const unknown = await run(["show", "r", "--trial", "x"], { cwd })
    assert.include(unknown.err, "RUN_TRIAL_NOT_FOUND")
    assert.strictEqual(unknown.code, 2)
  })

  it("Ctrl-C once ends the run, prints what there is and exits with 130; the same command goes on", async () => {
    const cwd = emptyFolder()
    const args = ["run", problem, "--agent", "oracle", "--repeat", "500", "--out", "r", "--json"]
    const started = start(args, { cwd })
    await started.says("_r3  detection")
    started.child.kill("SIGINT")
    const { code, err, out } = await started.ended
    assert.strictEqual(code, 130, err)
    const { interrupted, trials } = JSON.parse(out)
    assert.isTrue(interrupted)
    assert.isAtLeast(trials.length, 3)
    assert.isBelow(trials.length, 500)
  })

  it("a second Ctrl-C ends it, too", async () => {
    const started = start(["run", problem, "--agent", "oracle", "--repeat", "500", "--out", "r"])
    await started.says("_r0  detection")
    started.child.kill("SIGINT")
    started.child.kill("SIGTERM")
    assert.strictEqual((await started.ended).code, 130)
  })
})

describe("matrix, audit, demo, cluster", { timeout: 120_000 }, () => {
  const matrix = `apiVersion: aiopslab.dev/v1
kind: Matrix
metadata: { name: m }
spec:
  problems: [${problem}]
  agents: [{ use: oracle }, { use: nop }]
  seeds: [1, 2]
`

  it("matrix --dry-run only tells the trials; without it they are run", async () => {
    const cwd = emptyFolder()
    fs.writeFileSync(path.join(cwd, "m.yaml"), matrix)
    const dry = JSON.parse((await run(["matrix", "m.yaml", "--dry-run", "--json"], { cwd })).out)
    const ids = ["oracle_s1_r0", "oracle_s2_r0", "nop_s1_r0", "nop_s2_r0"].map((rest) => `${problem}_${rest}`)
    assert.deepStrictEqual(
      dry.trials.map(({ id }: { id: string }) => id),
      ids
    )
    assert.isFalse(fs.existsSync(path.join(cwd, "runs")))
    const { code, out } = await run(["matrix", "m.yaml", "--json", "-j", "2"], { cwd })
    const { summary, trials } = JSON.parse(out)
    assert.deepStrictEqual(
      trials.map(({ id }: { id: string }) => id),
      ids
    )
    assert.strictEqual(summary.passedShare, 0.5)
    assert.strictEqual(code, 0)
  })

  it("a matrix with a mistake is refused with its place", async () => {
    const cwd = emptyFolder()
    fs.writeFileSync(path.join(cwd, "m.yaml"), matrix.replace("seeds", "seds"))
    const { code, err } = await run(["matrix", "m.yaml"], { cwd })
    assert.match(err, /m\.yaml:7:3: `spec` has no field `seds`\. Did you mean "seeds"\?/u)
    assert.strictEqual(code, 2)
  })

  it("audit passes on a sound problem", async () => {
    const { code, out } = await run(["audit", problem, "--json"])
    const { findings, ok } = JSON.parse(out)
    assert.isTrue(ok)
    assert.deepStrictEqual(
      findings.map(({ agent }: { agent: string }) => agent),
      ["oracle", "nop", "always-yes", "restart-all", "scale-to-zero", "delete-all"]
    )
    assert.strictEqual(code, 0)
  })

  it("demo plays nop and oracle and says where the record is", async () => {
    const cwd = emptyFolder()
    const { code, err, out } = await run(["demo"], { cwd })
    assert.strictEqual(code, 0, err)
    for (const task of ["detection", "localization", "analysis", "mitigation"]) {
      assert.lengthOf(out.match(new RegExp(`^  ${task} `, "gmu")) ?? [], 2)
    }
    assert.include(out, "4 of 8 tasks passed in 2 trials. Record: runs/")
    assert.include(err, 'submit("Yes")')
  })

  it("cluster up writes a kubeconfig only for its owner, and Ctrl-C ends it", async () => {
    const cwd = emptyFolder()
    const started = start(["cluster", "up", "--kubeconfig", "k.yaml"], { cwd })
    await started.says("The cluster is at https://127.0.0.1:")
    const file = path.join(cwd, "k.yaml")
    assert.strictEqual(fs.statSync(file).mode & 0o777, 0o600)
    assert.include(fs.readFileSync(file, "utf8"), "current-context")
    started.child.kill("SIGINT")
    assert.strictEqual((await started.ended).code, 0)
  })

  it("recover has nothing to do where nothing is open", async () => {
    const { code, out } = await run(["recover"])
    assert.strictEqual(out, "Nothing to recover.\n")
    assert.strictEqual(code, 0)
  })
})
