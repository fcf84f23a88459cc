/** What goes into a pool's clusters: the plane, and stand-ins where the applications' own images can't be had. */
import type { Cluster } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { createAll, discover } from "@aiopslab/core/Kinds"
import type { LabError } from "@aiopslab/core/LabError"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Build from "@aiopslab/stand-in/edge/Build"
import { imagesOf } from "@aiopslab/stand-in/image/Images"
import { manifests } from "@aiopslab/stand-in/plane/Manifests"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type { KindConfig } from "./Config.ts"
import { call } from "./Programs.ts"

/** Whether its publisher's registry tells of the image. */
const isPublished = (image: string): Effect.Effect<boolean, never, ChildProcessSpawner> =>
  call("docker", ["manifest", "inspect", image]).pipe(
    Effect.as(true),
    Effect.timeout("20 seconds"),
    Effect.catch(() => Effect.succeed(false))
  )

/** Those of the applications that somebody can play. */
const played = (playbook: Playbook.Repertoire): ReadonlyArray<Build.Image> =>
  imagesOf(playbook.manifests).flatMap((name) => {
    const behaviour = Playbook.behaviourOf(playbook, name)
    return behaviour === undefined ? [] : [{ name, behaviour }]
  })

/** All of them or none: an application half from upstream does not understand its other half. */
const wanted = (
  { images = "auto" }: KindConfig,
  all: ReadonlyArray<Build.Image>
): Effect.Effect<ReadonlyArray<Build.Image>, never, ChildProcessSpawner> => {
  if (images !== "auto") return Effect.succeed(images === "upstream" ? [] : all)
  return Effect.map(
    Effect.forEach(all, ({ name }) => isPublished(name), { concurrency: "unbounded" }),
    (published) => (published.every((one) => one) ? [] : all)
  )
}

/** Built with this machine's Docker; nothing without applications. */
export const built = (
  config: KindConfig,
  playbook: Playbook.Repertoire
): Effect.Effect<ReadonlyArray<string>, LabError, ChildProcessSpawner> =>
  Effect.gen(function* () {
    const { packages } = playbook
    if (packages.length === 0) return []
    return yield* Build.build({
      images: yield* wanted(config, played(playbook)),
      packages,
      from: import.meta.dirname,
      docker: (argv) => call("docker", argv)
    })
  }).pipe(Effect.scoped)

/** The plane stands on the cluster from now on; it is ready when all pods are. */
export const plane = ({ api }: Context.Service.Shape<typeof Cluster>): Effect.Effect<void, LabError> =>
  Effect.flatMap(discover(api(admin)), (kinds) => createAll(api(admin), kinds, manifests))
