/** What a manifest or `--cluster-with` may say of Kind clusters. */
import * as Schema from "effect/Schema"

const count = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

export const KindConfig = Schema.Struct({
  clusters: Schema.optionalKey(
    count(1, 64).annotate({ description: "Clusters at once, made ahead; default as many as the machine holds, made when they are needed" })
  ),
  nodes: Schema.optionalKey(count(1, 50).annotate({ description: "Workers beside the control plane; default 1" })),
  file: Schema.optionalKey(Schema.String.annotate({ description: "A configuration of kind's own instead of `nodes`" })),
  image: Schema.optionalKey(Schema.String.annotate({ description: "The nodes' image; default the `kindest/node` that kind chooses" })),
  images: Schema.optionalKey(
    Schema.Literals(["upstream", "stand-in", "auto"]).annotate({
      description:
        "Whose images applications get: their publishers', stand-ins built here, or (auto, the default) stand-ins where no registry answers"
    })
  ),
  load: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Images of this machine's Docker to be loaded into every cluster" })
  ),
  recreateAfter: Schema.optionalKey(count(1, 1000).annotate({ description: "A cluster is made anew after this many trials; default 10" }))
})
export type KindConfig = typeof KindConfig.Type
