/** `aiopslab cluster up` in a process of its own, until the scope closes. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { finish, startAiopslab } from "./Program.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "aiopslab-served-"))),
  (dir) => Effect.sync(() => rmSync(dir, { recursive: true, force: true }))
)

export class ServedCluster extends Context.Service<
  ServedCluster,
  {
    readonly kubeconfig: string
    /** Scratch, gone with the cluster. */
    readonly dir: string
    readonly kubectl: (
      argv: ReadonlyArray<string>,
      stdin?: string
    ) => Effect.Effect<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  }
>()("test/ServedCluster") {
  /** With the hotel application, at this pace. Ready when the first line of its output is there. */
  static readonly layer = (time: string) =>
    Layer.effect(
      ServedCluster,
      Effect.gen(function* () {
        const dir = yield* folder
        const kubeconfig = join(dir, "kubeconfig")
        const child = yield* startAiopslab(["cluster", "up", "--app", "hotel-reservation", "--kubeconfig", kubeconfig, "--time", time])
        yield* Effect.forkScoped(Stream.runDrain(child.stderr).pipe(Effect.ignore))
        yield* child.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead, Effect.orDie)
        const kubectl = (argv: ReadonlyArray<string>, stdin?: string) =>
          finish("kubectl", {
            argv: ["--kubeconfig", kubeconfig, ...argv],
            cwd: dir,
            env: { HOME: dir },
            ...(stdin === undefined ? {} : { stdin })
          }).pipe(Effect.orDie)
        return ServedCluster.of({ kubeconfig, dir, kubectl })
      })
    )
}
