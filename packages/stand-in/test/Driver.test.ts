import * as Behaviour from "@aiopslab/core/Behaviour"
import type { ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Driver from "../src/Driver.ts"
import * as Fake from "./Fake.ts"

/** A program that remembers its inputs, and answers each with what the test says. */
const programOf = (reactions: (input: ProgramInput, before: ReadonlyArray<string>) => ReadonlyArray<ProgramEffect>) =>
  Behaviour.program<ReadonlyArray<string>>({
    initial: [],
    step: (state, input) => ({
      state: [...state, input._tag === "Timer" ? `Timer ${input.name}` : input._tag],
      effects: reactions(input, state)
    })
  })

const start = (fake: Fake.Fake, program: Behaviour.Program) =>
  Driver.start({
    program,
    pod: Fake.pod,
    argv: ["web"],
    env: { A: "1" },
    serve: (_, __, own) => Effect.succeed(own),
    registry: { host: "consul", port: 8500 }
  }).pipe(Fake.on(fake))

const settle = Effect.repeat(Effect.yieldNow, { times: 20 })

describe("the driver of a program", () => {
  it.effect("carries its effects out", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      yield* start(
        fake,
        programOf((input) =>
          input._tag === "Start"
            ? [
                { _tag: "Log", stream: "stdout", line: "up" },
                { _tag: "WriteFile", path: "/f", text: "x" },
                { _tag: "SaveData", path: "/d", value: { n: 1 } },
                { _tag: "Listen", port: 80 },
                { _tag: "Register", name: "srv-web", port: 80 }
              ]
            : []
        )
      )
      yield* settle
      assert.deepStrictEqual(fake.said, ["up\n"])
      assert.deepStrictEqual([...fake.files], [["/f", "x"]])
      assert.deepStrictEqual([...fake.saved], [["/d", { n: 1 }]])
      assert.deepStrictEqual([...fake.ports.keys()], [80])
      assert.deepStrictEqual(fake.announced, ["srv-web:80 at consul:8500"])
    })
  )

  it.effect("gives back what a call came to, and a timer when it is due; one that is set again is moved", () =>
    Effect.gen(function* () {
      const fake = Fake.make(() => ({ _tag: "error", code: "401", message: "no" }))
      const inputs: Array<string> = []
      yield* start(
        fake,
        programOf((input) => {
          inputs.push(input._tag === "Reply" ? `${input.id}: ${input.reply._tag}` : input._tag)
          if (input._tag === "Start")
            return [
              { _tag: "Call", id: "a", host: "db", port: 1, request: { protocol: "tcp", operation: "ping" } },
              { _tag: "Timer", name: "t", afterMillis: 100 },
              { _tag: "Timer", name: "t", afterMillis: 300 }
            ]
          return []
        })
      )
      yield* settle
      assert.deepStrictEqual(inputs, ["Start", "a: error"])
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(inputs, ["Start", "a: error"])
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(inputs, ["Start", "a: error", "Timer"])
    })
  )

  it.effect("tells of a file that has become another", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const inputs: Array<string> = []
      fake.files.set("/etc/conf", "1")
      yield* start(
        fake,
        programOf((input) => {
          inputs.push(input._tag)
          return input._tag === "Start" ? [{ _tag: "Watch", path: "/etc/conf", timer: "again" }] : []
        })
      )
      yield* settle
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(inputs, ["Start"])
      fake.files.set("/etc/conf", "2")
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(inputs, ["Start", "Timer"])
    })
  )

  it.effect("listens until it is told to close", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const running = yield* start(
        fake,
        programOf((input) => {
          if (input._tag === "Start") return [80, 81].map((port) => ({ _tag: "Listen", port }))
          return input._tag === "Exec" ? [{ _tag: "Close", port: 80 }] : []
        })
      )
      yield* settle
      assert.deepStrictEqual([...fake.ports.keys()], [80, 81])
      yield* running.execute([], "")
      yield* settle
      assert.deepStrictEqual([...fake.ports.keys()], [81])
    })
  )

  it.effect("ends with the program's exit code, and answers nobody without an answer", () =>
    Effect.gen(function* () {
      const fake = Fake.make()
      const running = yield* start(
        fake,
        programOf((input) =>
          input._tag === "Signal"
            ? [{ _tag: "Exit", code: 3 }]
            : input._tag === "Exec"
              ? [{ _tag: "Output", stdout: input.stdin, stderr: "", exitCode: 0 }]
              : []
        )
      )
      const reply = yield* running.answer({ request: { protocol: "tcp", operation: "" }, trace: undefined })
      assert.strictEqual(reply._tag, "failure")
      assert.strictEqual((yield* running.execute(["x"], "hello")).stdout, "hello")
      yield* running.terminate
      assert.strictEqual(yield* running.ended, 3)
    })
  )
})
