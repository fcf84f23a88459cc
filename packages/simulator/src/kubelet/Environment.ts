/** A container's environment and command line, resolved as the kubelet does. */
import type { Behaviour } from "@aiopslab/core/Behaviour"
import * as Result from "effect/Result"
import type { ContainerSpec, EnvSource, EnvVar, KeyRef, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Downward from "./Downward.ts"
import * as ServiceVariables from "./ServiceVariables.ts"
import * as SystemFiles from "./SystemFiles.ts"

type Variables = Readonly<Record<string, string>>

const decoded = (resource: "configmaps" | "secrets", value: string): string =>
  resource === "secrets" ? Buffer.from(value, "base64").toString("utf8") : value

const word = { configmaps: "configmap", secrets: "secret" } as const
const Word = { configmaps: "ConfigMap", secrets: "Secret" } as const

const dataOf = (turn: Turn, resource: "configmaps" | "secrets", namespace: string, name: string): Variables | undefined => {
  const found = turn.get(resource, namespace, name)
  if (found === undefined) return undefined
  const data = found["data"]
  const out: Record<string, string> = {}
  if (typeof data === "object" && data !== null) {
    for (const [key, value] of Object.entries(data)) if (typeof value === "string") out[key] = decoded(resource, value)
  }
  return out
}

const keyed = (
  turn: Turn,
  resource: "configmaps" | "secrets",
  namespace: string,
  ref: KeyRef
): Result.Result<string | undefined, string> => {
  const name = ref.name ?? ""
  const data = dataOf(turn, resource, namespace, name)
  const value = data?.[ref.key]
  if (value !== undefined || ref.optional === true) return Result.succeed(value)
  return Result.fail(
    data === undefined ? `${word[resource]} "${name}" not found` : `couldn't find key ${ref.key} in ${Word[resource]} ${namespace}/${name}`
  )
}

/** `$(NAME)` of a known variable; `$$` is a dollar. */
const expand = (text: string, variables: Variables): string =>
  text.replace(/\$\$|\$\((?<name>[^)]+)\)/gu, (found: string, name: string | undefined) =>
    name === undefined ? "$" : (variables[name] ?? found)
  )

/** The variables, or the kubelet's word for what is missing. */
export const of = (turn: Turn, pod: Pod, container: ContainerSpec, ip: string, nodeIp: string): Result.Result<Variables, string> => {
  const namespace = pod.metadata.namespace ?? ""
  // known to `$(NAME)` from the start, and overridden by what the pod says
  const out: Record<string, string> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOSTNAME: SystemFiles.hostname(pod),
    ...ServiceVariables.of(turn, pod)
  }
  for (const source of container.envFrom ?? []) {
    const added = fromSource(turn, namespace, source)
    if (Result.isFailure(added)) return Result.fail(added.failure)
    Object.assign(out, added.success)
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(turn, pod, container, ip, nodeIp, variable, out)
    if (Result.isFailure(value)) return Result.fail(value.failure)
    if (value.success !== undefined) out[variable.name] = value.success
  }
  return Result.succeed(out)
}

const fromSource = (turn: Turn, namespace: string, source: EnvSource): Result.Result<Variables, string> => {
  const resource = source.configMapRef === undefined ? "secrets" : "configmaps"
  const ref = source.configMapRef ?? source.secretRef
  const name = ref?.name ?? ""
  const data = dataOf(turn, resource, namespace, name)
  if (data === undefined) return ref?.optional === true ? Result.succeed({}) : Result.fail(`${word[resource]} "${name}" not found`)
  return Result.succeed(Object.fromEntries(Object.entries(data).map(([key, value]) => [`${source.prefix ?? ""}${key}`, value])))
}

const valueOf = (
  turn: Turn,
  pod: Pod,
  container: ContainerSpec,
  ip: string,
  nodeIp: string,
  variable: EnvVar,
  known: Variables
): Result.Result<string | undefined, string> => {
  const from = variable.valueFrom
  if (from === undefined) return Result.succeed(expand(variable.value ?? "", known))
  const namespace = pod.metadata.namespace ?? ""
  if (from.configMapKeyRef !== undefined) return keyed(turn, "configmaps", namespace, from.configMapKeyRef)
  if (from.secretKeyRef !== undefined) return keyed(turn, "secrets", namespace, from.secretKeyRef)
  if (from.fieldRef !== undefined) return Result.succeed(Downward.field(pod, ip, nodeIp, from.fieldRef.fieldPath))
  const ref = from.resourceFieldRef
  if (ref === undefined) return Result.succeed("")
  const named = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === ref.containerName)
  return Result.succeed(Downward.resource(turn, pod, named ?? container, ref))
}

/** `command`, else the image's; then `args`, which replace the image's own when there is a command or any argument. */
export const argv = (
  container: ContainerSpec,
  image: Pick<Behaviour, "command" | "entrypoint"> | undefined,
  variables: Variables
): ReadonlyArray<string> => {
  const { args, command } = container
  const { command: words = [], entrypoint = "first" } = image ?? {}
  const alone = args !== undefined && args.length > 0 ? words.slice(0, entrypoint === "first" ? 1 : 0) : words
  const own = command !== undefined && command.length > 0 ? command : alone
  return [...own, ...(args ?? [])].map((word) => expand(word, variables))
}
