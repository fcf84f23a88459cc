/** `aiopslab cluster up` of this checkout, in a process of its own. Gone with the scope. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"

const command = fileURLToPath(new URL("../../../../apps/cli/bin/aiopslab.js", import.meta.url))

/** Gives its kubeconfig's path. Its time is that of the clients. */
export const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const kubeconfig = `${yield* fs.makeTempDirectoryScoped({ prefix: "clients-served-" })}/kubeconfig`
  const child = yield* ChildProcess.make(process.execPath, [command, "cluster", "up", "--kubeconfig", kubeconfig, "--time", "wall"], {
    stdin: "ignore",
    forceKillAfter: "5 seconds"
  })
  yield* Effect.forkScoped(Effect.ignore(Stream.runDrain(child.stderr)))
  // said when it answers
  const said = yield* child.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead)
  if (Option.isNone(said)) return yield* Effect.die(new Error("aiopslab cluster up ended before it answered"))
  return kubeconfig
})
