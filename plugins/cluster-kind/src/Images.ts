/** What goes into a pool's clusters: the plane, and stand-ins where the applications' own images can't be had. */
import type { Cluster } from "@aiopslab/core/Cluster"
import { admin } from "@aiopslab/core/Kubernetes"
import { createAll, discover } from "@aiopslab/core/Kinds"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { refused, until } from "@aiopslab/core/Looking"
import * as Playbook from "@aiopslab/core/Playbook"
import * as Build from "@aiopslab/stand-in/edge/Build"
import { imagesOf } from "@aiopslab/stand-in/image/Images"
import { manifests } from "@aiopslab/stand-in/plane/Manifests"
import { missing } from "@aiopslab/stand-in/plane/Standing"
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

const standMillis = 180_000

/** The plane stands on the cluster from now on, with an agent on each node. */
export const plane = ({ api, name }: Context.Service.Shape<typeof Cluster>): Effect.Effect<void, LabError> =>
  Effect.gen(function* () {
    const kube = api(admin)
    yield* createAll(kube, yield* discover(kube), manifests)
    yield* until(missing(kube).pipe(Effect.mapError(refused("looking at the plane"))), standMillis, (state) =>
      labError("CLUSTER_NOT_READY", { waitingFor: `the plane of ${name}`, seconds: standMillis / 1000, state })
    )
  })
