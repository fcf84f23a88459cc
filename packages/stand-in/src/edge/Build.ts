/** Builds the stand-in's images with Docker, under the names of the upstream images that they stand in for. */
import type { Behaviour } from "@aiopslab/core/Behaviour"
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Entry from "../image/Entry.ts"
import * as Folder from "../image/Folder.ts"
import { planeImage } from "../plane/Manifests.ts"
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
  /** Runs Docker's program. */
  readonly docker: (argv: ReadonlyArray<string>) => Effect.Effect<unknown, LabError, ChildProcessSpawner>
}

const failed =
  (image: string) =>
  (error: LabError): LabError =>
    error.code === "CLUSTER_COMMAND_FAILED" ? labError("CLUSTER_IMAGE_FAILED", { image, why: error.text }) : error

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(tmpdir(), "aiopslab-images-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

const write = (root: string, { mode, path: name, text }: Folder.File): void => {
  const file = path.join(root, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text, { mode })
}

/** What `docker build` is given for one image. */
const contextOf = (folder: string, program: string, { behaviour, name }: Image): void => {
  fs.cpSync(program, path.join(folder, "program"), { recursive: true })
  fs.mkdirSync(path.join(folder, "root"))
  for (const file of Folder.filesOf(behaviour, name)) write(path.join(folder, "root"), file)
  fs.writeFileSync(path.join(folder, "Dockerfile"), Folder.dockerfile(behaviour))
}

/** Names of the images that were built, the plane's among them. */
export const build = Effect.fn("Build.build")(function* (
  options: Options
): Effect.fn.Return<ReadonlyArray<string>, LabError, ChildProcessSpawner | Scope.Scope> {
  const folder = yield* temporary
  const built = (image: string, context: string) =>
    Effect.mapError(options.docker(["build", "--quiet", "--tag", image, context]), failed(image))
  const [program, plane] = [path.join(folder, "program"), path.join(folder, "plane")]
  yield* Bundle.write(Entry.standIn(options.packages), options.from, path.join(program, path.basename(Folder.programPath)))
  yield* Bundle.write(Entry.plane(options.packages), options.from, path.join(plane, Folder.planePrograms.plane))
  yield* Bundle.write(Entry.node, options.from, path.join(plane, Folder.planePrograms.node))
  yield* Effect.sync(() => fs.writeFileSync(path.join(plane, "Dockerfile"), Folder.planeDockerfile))
  yield* built(planeImage, plane)
  for (const [i, image] of options.images.entries()) {
    const context = path.join(folder, `image-${i}`)
    yield* Effect.sync(() => {
      fs.mkdirSync(context)
      contextOf(context, program, image)
    })
    yield* built(image.name, context)
  }
  return [...options.images.map(({ name }) => name), planeImage]
})
