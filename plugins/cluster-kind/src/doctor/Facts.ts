/** What the probes judge: texts of programs and of the kernel, as they were read. A part that can't be read is absent, never an error. */
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Result from "effect/Result"
import * as Kernel from "../edge/Kernel.ts"
import { call } from "../Programs.ts"
import { dockerOf } from "./Docker.ts"

export interface Facts {
  /** `docker info --format '{{json .}}'`. */
  readonly docker: Result.Result<string, LabError>
  /** `kind version`. */
  readonly kind: Result.Result<string, LabError>
  /** `kubectl version --client`. */
  readonly kubectl: Result.Result<string, LabError>
  /** `df -Pk` of Docker's folder. */
  readonly disk: Result.Result<string, LabError>
  readonly kernel: Kernel.Kernel
}

/** A daemon that hangs is one that does not answer. */
const patience = "15 seconds"

const silence = (program: string): Result.Result<string, LabError> =>
  Result.fail(labError("CLUSTER_ENGINE_SILENT", { why: `${program} did not come back` }))

const asked = (program: "docker" | "kind" | "kubectl" | "df", argv: ReadonlyArray<string>) =>
  call(program, argv).pipe(Effect.result, Effect.timeoutOption(patience), Effect.map(Option.getOrElse(() => silence(program))))

export const read: Effect.Effect<Facts, never, ChildProcessSpawner> = Effect.gen(function* () {
  const { docker, kernel, kind, kubectl } = yield* Effect.all(
    {
      docker: asked("docker", ["info", "--format", "{{json .}}"]),
      kind: asked("kind", ["version"]),
      kubectl: asked("kubectl", ["version", "--client"]),
      kernel: Effect.sync(Kernel.read)
    },
    { concurrency: "unbounded" }
  )
  const disk = yield* asked("df", ["-Pk", dockerOf(docker)?.DockerRootDir ?? "/"])
  return { docker, kind, kubectl, disk, kernel }
})
