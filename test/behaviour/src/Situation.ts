/** A situation: what is done to a cluster, step by step, in a namespace of its own. One YAML file each. */
import * as Schema from "effect/Schema"
import { parse } from "yaml"

const Body = Schema.Record(Schema.String, Schema.Unknown)
/** Of another namespace than the situation's, for what belongs to the cluster: such a situation puts it back. */
const elsewhere = { namespace: Schema.optionalKey(Schema.String) }
const Target = { kind: Schema.String, name: Schema.String, ...elsewhere }

export const Step = Schema.Union([
  /** Objects; those of namespaced kinds go to the situation's namespace. */
  Schema.Struct({ create: Schema.Array(Body) }),
  /** A deployment, its pods labelled `app: NAME`; other keys go into the pod's spec (`pod`) and the deployment's (`spec`). */
  Schema.Struct({
    deploy: Schema.Struct({
      name: Schema.String,
      replicas: Schema.optionalKey(Schema.Int),
      container: Schema.optionalKey(Body),
      pod: Schema.optionalKey(Body),
      spec: Schema.optionalKey(Body)
    })
  }),
  /** A pod with one container named as the pod. */
  Schema.Struct({ pod: Schema.Struct({ name: Schema.String, container: Schema.optionalKey(Body), spec: Schema.optionalKey(Body) }) }),
  Schema.Struct({
    patch: Schema.Struct({
      ...Target,
      body: Schema.Unknown,
      type: Schema.optionalKey(Schema.Literals(["merge", "json", "strategic"])),
      subresource: Schema.optionalKey(Schema.String)
    })
  }),
  Schema.Struct({
    delete: Schema.Struct({
      ...Target,
      propagation: Schema.optionalKey(Schema.Literals(["Background", "Foreground", "Orphan"])),
      grace: Schema.optionalKey(Schema.Int)
    })
  }),
  /** A node of Kind's names without the cluster's (`worker`) loses its power, or gets it back. */
  Schema.Struct({ node: Schema.Struct({ name: Schema.String, is: Schema.Literals(["off", "on"]) }) }),
  /** Asks for a pod's eviction. */
  Schema.Struct({ evict: Schema.Struct({ selector: Schema.String }) }),
  /**
   * Waits until some object of a kind (by name, or any) has a value at a path (`status.phase`, `status.conditions.Ready.status`), or is
   * `gone`. In vain after so many seconds: the situation fails.
   */
  Schema.Struct({
    until: Schema.Struct({
      kind: Schema.String,
      name: Schema.optionalKey(Schema.String),
      ...elsewhere,
      path: Schema.optionalKey(Schema.String),
      is: Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]),
      within: Schema.Finite
    })
  }),
  /** Seconds. */
  Schema.Struct({ wait: Schema.Finite })
])
export type Step = typeof Step.Type

export const Situation = Schema.Struct({
  title: Schema.String,
  /** On Kind nothing else is played meanwhile: it does something to a node, or another's pods would be felt in it. */
  alone: Schema.optionalKey(Schema.Literal(true)),
  /** Why a difference that remains is one a user would accept; by the difference's first words. */
  accepted: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  steps: Schema.Array(Step)
})
export type Situation = typeof Situation.Type

export const read = (text: string): Situation => Schema.decodeUnknownSync(Situation)(parse(text, { merge: true }))
