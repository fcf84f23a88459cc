import { assert, describe, it } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import { agent, pythonShim } from "../src/index.ts"
import { context, scratch, world } from "./World.ts"

const missing = requireProgram("python3")
const example = fileURLToPath(new URL("../examples/agent.py", import.meta.url))

const start = (target: string, cwd?: string) =>
  agent.start(
    { command: ["python3", "-m", "aiopslab_agent", target], ...(cwd === undefined ? {} : { cwd }) },
    { seed: "0", namespace: "shop" }
  )

const pods = (status: string) =>
  `NAME READY STATUS RESTARTS AGE\ngeo-1   1/1   Running   0     5m\nrate-1   0/1   ${status}   4 (2s ago)     5m\n`

describe.skipIf(missing !== undefined)(`an agent of the original${missing ?? ""}`, () => {
  it("ships its shim", () => {
    assert.isTrue(fs.existsSync(pythonShim))
  })

  for (const [status, answer] of [
    ["CrashLoopBackOff", "Yes"],
    ["Completed", "Yes"]
  ] as const) {
    it.live(`solves detection by looking: ${status}`, () =>
      Effect.gen(function* () {
        const { getAction, init } = yield* start(example)
        yield* init(context)
        assert.strictEqual((yield* getAction("begin")).text, '```\nexec_shell("kubectl get pods -n shop --no-headers")\n```')
        assert.strictEqual((yield* getAction(pods(status))).text, `\`\`\`\nsubmit("${answer}")\n\`\`\``)
      }).pipe(Effect.scoped, Effect.provide(world))
    )
  }

  it.live("finds nothing where all pods are well", () =>
    Effect.gen(function* () {
      const { getAction, init } = yield* start(example)
      yield* init(context)
      yield* getAction("begin")
      assert.strictEqual((yield* getAction("geo-1   1/1   Running   0     5m\n")).text, '```\nsubmit("No")\n```')
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live("may be plain, may print, and is found by module and class", () =>
    Effect.gen(function* () {
      const file = yield* scratch("chatty.py")
      fs.writeFileSync(
        file,
        `import os, sys
print("loading")
class Chatty:
    def init_context(self, problem_desc, instructions, apis):
        print("init", sorted(apis))
        os.write(1, b"straight to the descriptor\\n")
    def get_action(self, observation):
        print("asked")
        return {"text": observation + "é", "usage": {"inputTokens": 1, "outputTokens": 2}}
`
      )
      const { getAction, init } = yield* start("chatty:Chatty", file.slice(0, file.lastIndexOf("/")))
      yield* init(context)
      assert.deepStrictEqual(yield* getAction("ü"), { text: "üé", usage: { inputTokens: 1, outputTokens: 2 } })
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live.each(["agent.py:Agent", "agent.py", "agent:Agent"])("is found where the command was typed: %s", (target) =>
    Effect.gen(function* () {
      const file = yield* scratch("agent.py")
      fs.writeFileSync(file, "class Agent:\n    def get_action(self, observation):\n        return 'here'\n")
      const before = process.cwd()
      yield* Effect.acquireRelease(
        Effect.sync(() => process.chdir(file.slice(0, file.lastIndexOf("/")))),
        () => Effect.sync(() => process.chdir(before))
      )
      const { getAction, init } = yield* start(target)
      yield* init(context)
      assert.strictEqual((yield* getAction("")).text, "here")
    }).pipe(Effect.scoped, Effect.provide(world))
  )

  it.live("that raises fails with its traceback", () =>
    Effect.gen(function* () {
      const file = yield* scratch("broken.py")
      fs.writeFileSync(file, "class Broken:\n    async def get_action(self, observation):\n        raise ValueError('no idea')\n")
      const { getAction, init } = yield* start(file)
      yield* init(context)
      assert.match((yield* Effect.flip(getAction(""))).text, /ended with exit code 1; .*ValueError: no idea/su)
    }).pipe(Effect.scoped, Effect.provide(world))
  )
})
