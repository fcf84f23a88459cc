/**
 * What the framework asks of every fault, on an embedded cluster with an application: call it from a test file, once per fault and
 * configuration. What the fault does to this application is for its own tests.
 */
import type { Fault } from "@aiopslab/core/Fault"
import type { LabError } from "@aiopslab/core/LabError"
import * as Registry from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import { type Check, suite } from "./Check.ts"
import * as Lab from "./Lab.ts"

export interface FaultConformanceOptions extends Lab.LabOptions {
  /** Its name, as in `use`. */
  readonly fault: string
  /** As under `with`. */
  readonly config: unknown
  /** A service of the application's topology: its pods are restarted, and the fault has to be kept up. */
  readonly restart: string
}

const timeout = 60_000

/** As often and as long as a trial would. */
const keepings = 12
const keepEvery = "5 seconds"

const nobody = () => false
const everywhere = () => true

/** A plan as the journal holds it. */
const written = (fault: Fault, plan: unknown) =>
  Effect.map(Schema.encodeEffect(fault.planSchema)(plan), (encoded) => JSON.stringify(encoded))
const read = (fault: Fault, text: string) => Schema.decodeUnknownEffect(fault.planSchema)(JSON.parse(text))

export const faultChecks = (options: FaultConformanceOptions): ReadonlyArray<Check> => {
  const lab = Lab.make(options)
  const { component: fault } = Result.getOrThrow(Registry.lookup(lab.registry, "Fault", options.fault))
  const test = (name: string, body: (bench: Lab.Bench) => Lab.Test): Check => ({ name, run: () => lab.run(body) })

  const planned = Effect.flatMap(Lab.configOf(fault, options.config), fault.plan)
  const broken = Effect.gen(function* () {
    const plan = yield* planned
    yield* fault.inject(plan)
    yield* fault.verify(plan)
    return plan
  })
  const mended = (plan: unknown) => Effect.andThen(fault.recover(plan), fault.verifyRecovered(plan))

  return [
    test("has a plan that can be written down and read again", () =>
      Effect.gen(function* () {
        const text = yield* written(fault, yield* planned)
        expect(yield* written(fault, yield* read(fault, text))).toBe(text)
      })),

    test("changes nothing by planning", ({ state }) =>
      Effect.gen(function* () {
        const before = yield* state
        yield* planned
        expect(yield* state).toEqual(before)
      })),

    test("has no symptom before it is injected", () =>
      Effect.gen(function* () {
        const plan = yield* planned
        const { code }: LabError = yield* Effect.flip(fault.verify(plan))
        expect(code).toBe("FAULT_NOT_VERIFIED")
      })),

    test("has its symptom when it is injected, and changes nothing for good", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        const plan = yield* broken
        yield* mended(plan)
        expect(yield* Lab.changes(before, bench)).toEqual([])
      })),

    test("may be injected and recovered twice", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        const plan = yield* broken
        yield* fault.inject(plan)
        yield* fault.verify(plan)
        yield* mended(plan)
        yield* mended(plan)
        expect(yield* Lab.changes(before, bench)).toEqual([])
      })),

    test("is recovered though it was never injected", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        yield* mended(yield* planned)
        expect(yield* Lab.changes(before, bench)).toEqual([])
      })),

    test("is recovered by another process, from its plan alone", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        const text = yield* written(fault, yield* broken)
        const left = yield* bench.elsewhere(
          Effect.gen(function* () {
            yield* mended(yield* read(fault, text))
            return yield* Lab.changes(before, bench)
          })
        )
        expect(left).toEqual([])
      })),

    test("is kept up when the pods restart", (bench) =>
      Effect.gen(function* () {
        const before = yield* bench.state
        const plan = yield* broken
        expect(yield* fault.keep(plan, nobody)).toBe("kept")
        yield* Lab.restart(bench, options.restart)
        for (let time = 0; time < keepings; time++) {
          yield* Effect.sleep(keepEvery)
          yield* fault.keep(plan, nobody)
        }
        yield* fault.verify(plan)
        expect(yield* fault.keep(plan, nobody)).toBe("kept")
        yield* mended(plan)
        expect(yield* Lab.changes(before, bench)).toEqual([])
      })),

    ...(fault.agentRepair === "ends"
      ? [
          test("leaves alone what the agent has repaired", (bench) =>
            Effect.gen(function* () {
              const before = yield* bench.state
              const plan = yield* broken
              yield* mended(plan)
              expect(yield* fault.keep(plan, everywhere)).toBe("kept")
              yield* fault.verifyRecovered(plan)
              expect(yield* Lab.changes(before, bench)).toEqual([])
            }))
        ]
      : [])
  ]
}

export const faultConformance = (options: FaultConformanceOptions): void =>
  suite(`a fault: ${options.fault} ${JSON.stringify(options.config)}`, faultChecks(options), timeout)
