/** `kubectl logs`, of a pod, of a workload's first pod, or of all that a selector finds. */
import { type KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { groupResource, pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import { bool, duration, int, short, text } from "../CommandLine.ts"
import { failure, usageFailure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, resourceNamed, type Verb } from "../Invocation.ts"
import { attachable, containersOf, defaultContainer } from "./Containers.ts"

const usage = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

const podsBySelector = Effect.fnUntraced(function* (
  inv: Invocation,
  selector: string
): Effect.fn.Return<ReadonlyArray<KubeObject>, Problem> {
  const reply = yield* inv.api.request({
    method: "GET",
    path: pathOf(resources.pods, inv.line.isSet("all-namespaces") ? undefined : inv.namespace),
    query: { labelSelector: selector }
  })
  return Fields.list(reply.body, "items")
    .map((item) => ({ apiVersion: "v1", kind: "Pod", ...Fields.record(item) }))
    .filter(Fields.isObject)
})

const chosen = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<ReadonlyArray<KubeObject>, Problem> {
  const { positional } = inv.line
  const selector = inv.line.text("selector")
  if (selector !== undefined) {
    if (positional.length > 0) return yield* usageFailure(inv.command, "only a selector (-l) or a POD name is allowed")
    return yield* podsBySelector(inv, selector)
  }
  const [first = "", second] = positional
  if (positional.length === 0 || positional.length > 2 || first === "") return yield* usageFailure(inv.command, usage)
  if (positional.length === 2 && second !== undefined && first.includes("/")) return yield* usageFailure(inv.command, usage)
  const slash = first.indexOf("/")
  const resource = slash < 0 ? yield* resourceNamed(inv, "pods") : yield* resourceNamed(inv, first.slice(0, slash))
  const name = slash < 0 ? first : first.slice(slash + 1)
  const reply = yield* inv.api
    .request({ method: "GET", path: pathOf(resource, inv.namespace, name) })
    .pipe(
      Effect.mapError((status): Problem =>
        status.code === 404
          ? failure(
              `error from server (NotFound): ${groupResource(resource)} ${JSON.stringify(name)} not found in namespace ${JSON.stringify(inv.namespace)}`
            )
          : status
      )
    )
  const object = { kind: resource.kind, ...Fields.record(reply.body) }
  if (!Fields.isObject(object)) return yield* failure(`no object ${name}`)
  if (resource.kind === "Pod") return [object]
  const pods = yield* attachable(inv, { resource, object })
  const [pod] = pods
  if (pod === undefined) return yield* failure("timed out waiting for the condition")
  if (inv.line.isSet("all-pods")) return pods
  if (pods.length > 1) inv.err(`Found ${pods.length} pods, using pod/${pod.metadata.name}\n`)
  return [pod]
})

const containers = Effect.fnUntraced(function* (inv: Invocation, pod: KubeObject): Effect.fn.Return<ReadonlyArray<string>, Problem> {
  const named = inv.line.text("container") ?? (inv.line.has("selector") ? undefined : inv.line.positional[1])
  const all = containersOf(pod)
  if (inv.line.isSet("all-containers")) return [...all.init, ...all.regular, ...all.ephemeral]
  if (named !== undefined) {
    if (![...all.init, ...all.regular, ...all.ephemeral].includes(named))
      return yield* failure(`container ${named} is not valid for pod ${pod.metadata.name}`)
    return [named]
  }
  const { name, notice } = defaultContainer(pod)
  if (name === undefined) return yield* failure(`no container found in pod ${pod.metadata.name}`)
  if (notice !== undefined) inv.err(`${notice}\n`)
  return [name]
})

const query = (inv: Invocation): Record<string, string> => {
  const { line } = inv
  const out: Record<string, string> = {}
  const tail = line.int("tail") ?? (line.has("selector") ? 10 : -1)
  if (tail >= 0) out["tailLines"] = String(tail)
  const since = line.duration("since")
  if (since !== undefined && since > 0) out["sinceSeconds"] = String(Math.ceil(since / 1000))
  const sinceTime = line.text("since-time")
  if (sinceTime !== undefined) out["sinceTime"] = sinceTime
  const limit = line.int("limit-bytes")
  if (limit !== undefined && limit > 0) out["limitBytes"] = String(limit)
  if (line.isSet("previous")) out["previous"] = "true"
  if (line.isSet("timestamps")) out["timestamps"] = "true"
  return out
}

export const logs: Verb = {
  flags: {
    container: short("c", text),
    "all-containers": bool,
    "all-pods": bool,
    "all-namespaces": bool,
    previous: short("p", bool),
    follow: short("f", bool),
    tail: int,
    since: duration,
    "since-time": text,
    timestamps: bool,
    selector: short("l", text),
    prefix: bool,
    "limit-bytes": int,
    "max-log-requests": int,
    "ignore-errors": bool,
    "pod-running-timeout": duration,
    "insecure-skip-tls-verify-backend": bool
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    if (line.isSet("follow")) return yield* failure("following a log would not end here: leave out -f and use --since or --tail")
    if (line.has("since") && line.has("since-time")) return yield* failure("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if (line.isSet("all-containers") && line.has("container"))
      return yield* failure("--all-containers=true should not be specified with container name")
    const pods = yield* chosen(inv)
    if (pods.length === 0) {
      inv.err(`No resources found in ${inv.namespace} namespace.\n`)
      return 0
    }
    const parts: Array<{ readonly pod: KubeObject; readonly container: string }> = []
    for (const pod of pods) for (const container of yield* containers(inv, pod)) parts.push({ pod, container })
    for (const { container, pod } of parts) {
      const reply = yield* Effect.result(
        inv.api.request({
          method: "GET",
          path: pathOf(resources.pods, pod.metadata.namespace ?? inv.namespace, pod.metadata.name, "log"),
          query: { container, ...query(inv) }
        })
      )
      if (reply._tag === "Failure") {
        if (!line.isSet("ignore-errors")) return yield* Effect.fail(reply.failure)
        inv.out(`error: ${reply.failure.message}\n`)
        continue
      }
      const body = reply.success.body
      const whole = typeof body === "string" ? body : ""
      if (typeof body !== "string")
        return yield* new KubeStatus({ code: 500, reason: "InternalError", message: "the server did not answer with a log" })
      const prefix = `[pod/${pod.metadata.name}/${container}] `
      inv.out(
        line.isSet("prefix") && whole !== ""
          ? `${whole
              .replace(/\n$/u, "")
              .split("\n")
              .map((one) => prefix + one)
              .join("\n")}\n`
          : whole
      )
    }
    return 0
  })
}
