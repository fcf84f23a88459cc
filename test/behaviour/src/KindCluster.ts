/** A Kind cluster of its own: a control plane and a worker with the situations' image. Gone with the scope. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import { busybox, SituationError } from "./Play.ts"

const layout = JSON.stringify({
  kind: "Cluster",
  apiVersion: "kind.x-k8s.io/v1alpha4",
  nodes: [{ role: "control-plane" }, { role: "worker" }]
})

const kind = Effect.fnUntraced(function* (argv: ReadonlyArray<string>) {
  const child = yield* ChildProcess.make("kind", argv, { stdin: "ignore" })
  const [said, code] = yield* Effect.all([Stream.mkString(Stream.decodeText(child.all)), child.exitCode], { concurrency: "unbounded" })
  if (Number(code) !== 0) return yield* Effect.fail(new SituationError(`kind ${argv.join(" ")} (exit ${code}): ${said}`))
}, Effect.scoped)

/** Gives its kubeconfig's path. The node image is the one that the kit's `env` names. */
export const make = Effect.fnUntraced(function* (name: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "situations-" })
  const [kubeconfig, config] = [`${folder}/kubeconfig`, `${folder}/cluster.json`]
  yield* fs.writeFileString(config, layout)
  const image = yield* Config.String("KIND_KIT_NODE_IMAGE")
  yield* Effect.acquireRelease(
    kind(["create", "cluster", "--name", name, "--image", image, "--config", config, "--kubeconfig", kubeconfig, "--wait", "180s"]),
    () => Effect.ignore(kind(["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig]))
  )
  yield* kind(["load", "docker-image", "--name", name, busybox])
  return kubeconfig
})
