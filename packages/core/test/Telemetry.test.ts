import { after, type Telemetry } from "@aiopslab/core/Telemetry"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

it.effect("what was before a moment is not told, however early somebody asks for it", () =>
  Effect.gen(function* () {
    const asked: Array<unknown> = []
    const note = (kind: string) => (query: object) =>
      Effect.sync(() => {
        asked.push([kind, query])
        return []
      })
    const whole: Telemetry = { metrics: note("metrics"), traces: note("traces"), traffic: note("traffic") }
    const { metrics, traces, traffic } = after(1_000, whole)
    yield* metrics({ namespace: "hotel", since: 0, until: 5_000, stepSeconds: 10 })
    yield* traces({ namespace: "hotel", since: -1, until: 900, limit: 3 })
    yield* traffic({ namespace: "hotel", since: 2_000, until: 3_000 })
    assert.deepStrictEqual(asked, [
      ["metrics", { namespace: "hotel", since: 1_000, until: 5_000, stepSeconds: 10 }],
      ["traces", { namespace: "hotel", since: 1_000, until: 900, limit: 3 }],
      ["traffic", { namespace: "hotel", since: 2_000, until: 3_000 }]
    ])
  })
)
