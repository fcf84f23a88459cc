/** Builds the stand-in's images with Docker, under the names of the upstream images that they stand in for. */
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Entry from "../image/Entry.ts"
import * as Folder from "../image/Folder.ts"
import * as Bundle from "./Bundle.ts"

export interface Image {
  /** As pods name it. */
  readonly name: string
  readonly behaviour: Behaviour
}

export interface Options {
  readonly images: ReadonlyArray<Image>
  /** Plugins, by package name, that have the images' behaviours and the applications' topologies. */
  readonly packages: ReadonlyArray<string>
  /** A folder from which those packages can be imported. */
  readonly from: string
}

/** The image of the plane. */
export const planeImage = "aiopslab/plane:1"

type Services = FileSystem.FileSystem | Path.Path | ChildProcessSpawner

const failed =
  (image: string) =>
  (error: PlatformError): LabError =>
    labError("CLUSTER_IMAGE_FAILED", { image, why: error.message })

const docker = (image: string, folder: string) =>
  Effect.gen(function* () {
    const child = yield* ChildProcess.make("docker", ["build", "--quiet", "--tag", image, folder], { stdin: "ignore" })
    const [said, code] = yield* Effect.all([Stream.mkString(Stream.decodeText(child.all)), child.exitCode], { concurrency: "unbounded" })
    return { said, code: Number(code) }
  }).pipe(
    Effect.scoped,
    Effect.mapError(failed(image)),
    Effect.flatMap(({ code, said }) =>
      code === 0 ? Effect.void : Effect.fail(labError("CLUSTER_IMAGE_FAILED", { image, why: said.trim() }))
    )
  )

const written = Effect.fnUntraced(function* (root: string, { mode, path: name, text }: Folder.File) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(root, name)
  yield* fs.makeDirectory(path.dirname(file), { recursive: true })
  yield* fs.writeFileString(file, text)
  yield* fs.chmod(file, mode)
})

/** Names of the images that were built, the plane's among them. */
export const build = Effect.fn("Build.build")(function* (
  options: Options
): Effect.fn.Return<ReadonlyArray<string>, LabError, Services | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* Effect.mapError(fs.makeTempDirectoryScoped({ prefix: "aiopslab-images-" }), failed("of the stand-in"))
  const program = path.join(folder, "program")
  yield* Bundle.write(Entry.standIn(options.packages), options.from, path.join(program, path.basename(Folder.programPath)))
  const plane = path.join(folder, "plane")
  yield* Bundle.write(Entry.plane(options.packages), options.from, path.join(plane, "plane.js"))

  yield* Effect.forEach(options.images, ({ behaviour, name }) =>
    Effect.gen(function* () {
      const context = yield* fs.makeTempDirectoryScoped({ prefix: "aiopslab-image-" })
      yield* fs.copy(program, path.join(context, "program"))
      yield* fs.makeDirectory(path.join(context, "root"))
      yield* Effect.forEach(Folder.filesOf(behaviour, name), (file) => written(path.join(context, "root"), file))
      yield* fs.writeFileString(path.join(context, "Dockerfile"), Folder.dockerfile(behaviour))
      return context
    }).pipe(
      Effect.mapError(failed(name)),
      Effect.flatMap((context) => docker(name, context)),
      Effect.scoped
    )
  )
  yield* fs.writeFileString(path.join(plane, "Dockerfile"), Folder.planeDockerfile).pipe(Effect.mapError(failed(planeImage)))
  yield* docker(planeImage, plane)
  return [...options.images.map(({ name }) => name), planeImage]
})
