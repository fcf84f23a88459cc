import type { Agent, Solution } from "@aiopslab/core/Agent"
import * as Registry from "@aiopslab/core/Registry"
import { WallClock } from "@aiopslab/core/WallClock"
import { plugin } from "@aiopslab/agent-baselines"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Result from "effect/Result"

const registry = Registry.make([plugin])
const agent = (name: string): Agent => Result.getOrThrow(Registry.lookup(registry, "Agent", name)).component

const solution: Solution = {
  answers: {
    detection: "Yes",
    localization: ["geo", "web"],
    analysis: { system_level: "Application", fault_type: "Misconfiguration" },
    mitigation: null
  },
  commands: ["kubectl scale deploy/geo --replicas=1", "mongo --eval 'db.grantRolesToUser(\"u\", [])' \\\n  --quiet"],
  namespace: "ns"
}

/** Baselines wait for nothing of the real world and start no programs. */
const nothingReal = Layer.merge(
  Layer.succeed(
    WallClock,
    WallClock.of({ now: Effect.die("now"), hold: () => Effect.die("hold"), within: () => () => Effect.die("within") })
  ),
  Layer.succeed(
    ChildProcessSpawner.ChildProcessSpawner,
    ChildProcessSpawner.make(() => Effect.die("spawn"))
  )
)

/** Everything that an agent says in a task, until it falls silent. */
const play = (name: string, task: string, observations: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const found = agent(name)
    const session = yield* found.start({}, { seed: "0", namespace: "ns", ...(found.knows === "solution" ? { solution } : {}) })
    yield* session.init({ task, description: "", instructions: "", apis: {} })
    const said: Array<string> = []
    for (let turn = 0; turn < 10; turn++) {
      const { text } = yield* session.getAction(observations[turn] ?? "")
      if (text === "") return said
      said.push(text)
    }
    return assert.fail(`${name} never falls silent`)
  }).pipe(Effect.scoped, Effect.provide(nothingReal))

const block = (call: string) => `\`\`\`\n${call}\n\`\`\``

describe("baselines", () => {
  it.effect.each([
    ["detection", ['submit("Yes")']],
    ["localization", ['submit(["geo", "web"])']],
    ["analysis", ['submit({"system_level": "Application", "fault_type": "Misconfiguration"})']],
    [
      "mitigation",
      [
        'exec_shell("kubectl scale deploy/geo --replicas=1")',
        'exec_shell("mongo --eval \\\'db.grantRolesToUser(\\"u\\", [])\\\' \\\n  --quiet")',
        "submit()"
      ]
    ],
    ["another", []]
  ] as const)("oracle in %s", ([task, calls]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play("oracle", task), calls.map(block))
    })
  )

  it.effect("nop answers nothing and submits the mitigation untouched", () =>
    Effect.gen(function* () {
      for (const task of ["detection", "localization", "analysis"]) assert.deepStrictEqual(yield* play("nop", task), [])
      assert.deepStrictEqual(yield* play("nop", "mitigation"), [block("submit()")])
    })
  )

  it.effect("always-yes names the first service it sees", () =>
    Effect.gen(function* () {
      const said = yield* play("always-yes", "localization", ["", "service/consul\nservice/geo\n"])
      assert.deepStrictEqual(said, [block('exec_shell("kubectl get services -n ns -o name")'), block('submit(["consul"])')])
      assert.deepStrictEqual(yield* play("always-yes", "detection"), [block('submit("Yes")')])
      assert.deepStrictEqual(yield* play("always-yes", "mitigation"), [block("submit()")])
    })
  )

  it.effect.each(["restart-all", "scale-to-zero", "delete-all"])(
    "%s acts on the whole namespace, then submits; it has no other answers",
    (name) =>
      Effect.gen(function* () {
        const said = yield* play(name, "mitigation")
        assert.isAbove(said.length, 1)
        assert.strictEqual(said.at(-1), block("submit()"))
        assert.match(said[0] ?? "", /kubectl .*-n ns/u)
        assert.deepStrictEqual(yield* play(name, "detection"), [])
      })
  )

  it("only oracle knows the solution", () => {
    const knowing = Registry.all(registry, "Agent").filter(({ component }) => component.knows === "solution")
    assert.deepStrictEqual(
      knowing.map(({ component }) => component.name),
      ["oracle"]
    )
  })
})
