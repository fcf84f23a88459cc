/**
 * What a network does to the packets of pods: an object of the hidden group, interpreted by the simulator and by the agents on a real
 * cluster's nodes. It concerns packets that leave the pods, as a queueing discipline in a pod's network namespace does: a pod that is slow to
 * send is slow to answer, its kubelet's probes too, while what it sends to itself is as fast as ever. Of several objects each takes its turn:
 * delays add up, and a packet has to survive every loss.
 */
import * as Schema from "effect/Schema"

const Labels = Schema.Record(Schema.String, Schema.String)

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 100 }))

export const NetworkImpairmentSpec = Schema.Struct({
  namespace: Schema.String,
  /** The labels of the pods whose packets it concerns. */
  pods: Labels,
  /** Only those to pods with these labels; without, all that leave a pod. */
  to: Schema.optionalKey(Labels),
  effect: Schema.Union([
    Schema.TaggedStruct("Delay", {
      latencyMillis: Schema.Finite,
      /** Each packet's delay lies evenly between the latency less this and the latency more this. */
      jitterMillis: Schema.Finite,
      /** Percent of a packet's deviation that is the previous packet's. */
      correlation: Share
    }),
    /** Each packet is lost by itself, so TCP sends it again. */
    Schema.TaggedStruct("Loss", { percent: Share }),
    /** Nothing gets through. */
    Schema.TaggedStruct("Partition", {})
  ])
})
export type NetworkImpairmentSpec = typeof NetworkImpairmentSpec.Type
