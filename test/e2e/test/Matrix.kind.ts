/** `npm run kind -w test/e2e`: needs Docker, kind and, offline, the kit's images (its `up`). */
import { requireProgram } from "@aiopslab/testkit/Requirements"
import { assert, describe, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as childProcess from "node:child_process"
import * as path from "node:path"
import * as Lab from "./Lab.ts"

const missing = requireProgram("kind") ?? requireProgram("docker")

const cli = path.join(Lab.root, "apps/cli/bin/aiopslab.js")
const kind = path.join(import.meta.dirname, "../kind")
const nodeImage = process.env["KIND_KIT_NODE_IMAGE"]

interface Place {
  readonly dir: string
  /** Where clusters are noted: apart from those of anybody else on this machine. */
  readonly state: string
}

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const aiopslab = (place: Place, args: ReadonlyArray<string>) => {
  const child = childProcess.spawn(process.execPath, [cli, ...args], {
    cwd: Lab.root,
    env: { ...process.env, XDG_STATE_HOME: place.state },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const said = { out: "", err: "" }
  child.stdout.on("data", (chunk) => (said.out += String(chunk)))
  child.stderr.on("data", (chunk) => (said.err += String(chunk)))
  const ended = Effect.callback<Ended>((resume) => {
    child.on("close", (code) => resume(Effect.succeed({ code, ...said })))
    return Effect.sync(() => child.kill("SIGTERM"))
  })
  return { child, ended }
}

/** `-j` is left out: as many at once as this machine holds. */
const matrix = (place: Place) =>
  aiopslab(place, [
    "matrix",
    path.join(kind, "matrix.yaml"),
    "--problems",
    kind,
    "--cluster",
    "kind",
    "--cluster-with",
    "images=stand-in",
    ...(nodeImage === undefined ? [] : ["--cluster-with", `image=${nodeImage}`]),
    "--out",
    place.dir,
    "--json"
  ])

const clustersOf = (place: Place) =>
  Effect.map(aiopslab(place, ["cluster", "list", "--json"]).ended, ({ out }) =>
    (JSON.parse(out) as { readonly clusters: ReadonlyArray<{ readonly name: string; readonly state: string }> }).clusters.filter(
      ({ state }) => state !== "unknown"
    )
  )

const containersOf = (clusters: ReadonlyArray<{ readonly name: string }>): ReadonlyArray<string> =>
  clusters.flatMap(({ name }) =>
    childProcess
      .execFileSync("docker", ["ps", "-aq", "--filter", `label=io.x-k8s.kind.cluster=${name}`], { encoding: "utf8" })
      .split("\n")
      .filter((id) => id !== "")
  )

interface Result {
  readonly summary: { readonly trials: number; readonly environmentErrors: number; readonly retried: number }
  readonly trials: ReadonlyArray<{
    readonly agent: string
    readonly wallMs: number
    readonly tasks: ReadonlyArray<{ readonly task: string; readonly outcome: string }>
  }>
}

const verdicts = ({ trials }: Result) =>
  Object.fromEntries(trials.map(({ agent, tasks }) => [agent, tasks.map(({ outcome, task }) => `${task}: ${outcome}`)]))

describe.skipIf(missing !== undefined)(`a matrix across Kind clusters${missing ?? ""}`, () => {
  it.live(
    "runs as many trials at once as there are clusters, resumes after a SIGKILL, and leaves no cluster behind",
    () =>
      Effect.gen(function* () {
        const root = yield* Lab.temporary
        const place = { dir: path.join(root, "run"), state: path.join(root, "state") }
        const killed = matrix(place)
        yield* Effect.addFinalizer(() => Effect.ignore(aiopslab(place, ["cluster", "gc"]).ended))
        while (Lab.ended(place.dir).size === 0 && killed.child.exitCode === null) yield* Effect.sleep("200 millis")
        killed.child.kill("SIGKILL")
        const { err } = yield* killed.ended
        const before = Lab.ended(place.dir)
        assert.isAtLeast(before.size, 1, err)
        const orphans = yield* clustersOf(place)
        yield* Console.log(`killed after ${before.size} of 3 trials, with ${orphans.length} clusters`)
        assert.isAtLeast(orphans.length, 1)
        assert.deepStrictEqual(
          orphans.map(({ state }) => state),
          orphans.map(() => "orphan")
        )

        const resumed = yield* matrix(place).ended
        assert.strictEqual(resumed.code, 0, resumed.err)
        const result = JSON.parse(resumed.out) as Result
        yield* Console.log(JSON.stringify(result.trials.map(({ agent, wallMs }) => [agent, Math.round(wallMs / 1000)])))
        assert.deepStrictEqual(verdicts(result), {
          oracle: ["detection: passed", "mitigation: passed"],
          nop: ["detection: no-answer", "mitigation: failed"],
          "always-yes": ["detection: passed", "mitigation: failed"]
        })
        assert.deepInclude(result.summary, { trials: 3, environmentErrors: 0 })
        const after = Lab.ended(place.dir)
        for (const [id, inode] of before) assert.strictEqual(after.get(id), inode, `${id} ran again`)
        assert.deepStrictEqual(yield* clustersOf(place), [])
        assert.deepStrictEqual(containersOf(orphans), [])
      }).pipe(Effect.scoped),
    1_500_000
  )
})
