/** Which error of the catalogue it is that `kind` or `docker` printed. Total functions of texts; the texts are recorded in the tests. */
import { type LabError, labError } from "@aiopslab/core/LabError"

export interface Failed {
  /** As a person would type it, without paths. */
  readonly command: string
  readonly exit: number
  /** All that it printed. */
  readonly said: string
}

const silent = /cannot connect to the docker daemon|is the docker daemon running|permission denied while trying to connect to the docker/iu
const image = [/failed to pull image "([^"]+)"/u, /image: "([^"]+)" not present locally/u, /no such image: (\S+)/iu] as const
const exhausted = [
  ["inotify", /too many open files|inotify|could not find a log line that matches "Reached target/iu],
  ["disk", /no space left on device/iu],
  ["memory", /cannot allocate memory|out of memory|oom-?kill/iu]
] as const

/** SIGKILL, which nobody but the kernel sends to a program in the middle of its work. */
const killed = 137

/** The last lines, which say what it came to. */
const end = (said: string): string => {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const error = lines.findLastIndex((line) => line.startsWith("ERROR:"))
  return (error < 0 ? lines.slice(-3) : lines.slice(error)).join(" ").slice(0, 1000)
}

export const blame = ({ command, exit, said }: Failed): LabError => {
  const why = end(said)
  if (silent.test(said)) {
    const line = said.split("\n").find((each) => silent.test(each)) ?? why
    return labError("CLUSTER_ENGINE_SILENT", { why: line.trim() })
  }
  for (const pattern of image) {
    const name = pattern.exec(said)?.[1]
    if (name !== undefined) return labError("CLUSTER_IMAGE_MISSING", { image: name, why })
  }
  for (const [what, pattern] of exhausted) if (pattern.test(said)) return labError("CLUSTER_HOST_EXHAUSTED", { what, why })
  return exit === killed
    ? labError("CLUSTER_HOST_EXHAUSTED", { what: "memory", why: `${command} was killed` })
    : labError("CLUSTER_COMMAND_FAILED", { command, exit, said: why })
}

/** Whether the same again may go well: a machine is short of something for a while; an image that is missing stays so. */
export const mayPass = ({ code }: LabError): boolean =>
  code === "CLUSTER_COMMAND_FAILED" || code === "CLUSTER_HOST_EXHAUSTED" || code === "CLUSTER_NOT_READY" || code === "CLUSTER_UNREACHABLE"
