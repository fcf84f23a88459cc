/** The three things that go wrong between pods. */
import { DurationText } from "@aiopslab/core/DurationText"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { make, target } from "./NetworkFault.ts"

const Percent = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 100 }))

/** TCP sends what was lost again after 200 ms; three quarters of that are nothing else's. */
const retransmission = 150

export const networkDelay = make({
  name: "network-delay",
  summary: "What a service's pods send arrives late",
  config: Schema.Struct({
    ...target,
    latency: DurationText.annotate({ description: "How late" }),
    jitter: DurationText.annotate({ description: "By how much that varies, up and down" }).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed("0s"))
    ),
    correlation: Percent.annotate({ description: "Percent of a packet's deviation that is the previous packet's" }).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed(0))
    )
  }),
  effect: ({ correlation, jitter, latency }) => ({
    _tag: "Delay",
    latencyMillis: Duration.toMillis(latency),
    jitterMillis: Duration.toMillis(jitter),
    correlation
  }),
  slowerBy: (effect) => (effect._tag === "Delay" ? Math.max(1, effect.latencyMillis / 2) : Infinity)
})

export const networkLoss = make({
  name: "network-loss",
  summary: "What a service's pods send is lost in part",
  config: Schema.Struct({ ...target, loss: Percent.annotate({ description: "Percent of packets, each by itself" }) }),
  effect: ({ loss }) => ({ _tag: "Loss", percent: loss }),
  slowerBy: () => retransmission
})

export const networkPartition = make({
  name: "network-partition",
  summary: "What a service's pods send never arrives",
  config: Schema.Struct(target),
  effect: () => ({ _tag: "Partition" }),
  slowerBy: () => Infinity
})
