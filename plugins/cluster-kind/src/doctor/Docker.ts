/** The part of `docker info` that decides what a machine can hold. */
import type { LabError } from "@aiopslab/core/LabError"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const DockerInfo = Schema.Struct({
  ServerVersion: Schema.String,
  CgroupVersion: Schema.String,
  KernelVersion: Schema.String,
  OperatingSystem: Schema.String,
  DockerRootDir: Schema.String,
  NCPU: Schema.Int,
  /** Bytes. */
  MemTotal: Schema.Finite
})
export type DockerInfo = typeof DockerInfo.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(DockerInfo))

/** Undefined when there is no daemon: a client without one prints a form that nobody has filled in. */
export const dockerOf = (docker: Result.Result<string, LabError>): DockerInfo | undefined =>
  Option.getOrUndefined(Option.filter(Option.flatMap(Result.getSuccess(docker), decode), ({ ServerVersion }) => ServerVersion !== ""))
