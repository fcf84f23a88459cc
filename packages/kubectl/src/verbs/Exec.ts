/** `kubectl exec`: a command in a container, to its end. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { exec as execIn, pathOf } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import { bool, duration, short, text } from "../CommandLine.ts"
import { Failure, failure, usageFailure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { type Invocation, type Problem, resourceNamed, type Verb } from "../Invocation.ts"
import { attachable, defaultContainer } from "./Containers.ts"

const podOf = Effect.fnUntraced(function* (inv: Invocation, given: string): Effect.fn.Return<KubeObject, Problem> {
  const slash = given.indexOf("/")
  const resource = yield* resourceNamed(inv, slash < 0 ? "pods" : given.slice(0, slash))
  const reply = yield* inv.api.request({ method: "GET", path: pathOf(resource, inv.namespace, slash < 0 ? given : given.slice(slash + 1)) })
  const object = { kind: resource.kind, ...Fields.record(reply.body) }
  if (!Fields.isObject(object)) return yield* failure(`no object ${given}`)
  if (resource.kind === "Pod") return object
  const [pod] = yield* attachable(inv, { resource, object })
  return pod ?? (yield* failure("timed out waiting for the condition"))
})

export const exec: Verb = {
  flags: {
    container: short("c", text),
    stdin: short("i", bool),
    tty: short("t", bool),
    quiet: short("q", bool),
    filename: short("f", text),
    "pod-running-timeout": duration
  },
  run: Effect.fnUntraced(function* (inv) {
    const [target, ...extra] = inv.line.positional
    const command = inv.line.rest ?? []
    if (target === undefined) return yield* failure("pod, type/name or --filename must be specified")
    if (extra.length > 0) {
      return yield* usageFailure(inv.command, "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    }
    if (command.length === 0) return yield* failure("you must specify at least one command for the container")
    const pod = yield* podOf(inv, target)
    const phase = Fields.text(pod, "status", "phase")
    if (phase === "Succeeded" || phase === "Failed")
      return yield* failure(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    const chosen = inv.line.text("container")
    const { name, notice } = chosen === undefined ? defaultContainer(pod) : { name: chosen, notice: undefined }
    if (notice !== undefined && !inv.line.isSet("quiet")) inv.err(`${notice}\n`)
    if (inv.line.isSet("tty")) inv.err("Unable to use a TTY - input is not a terminal or the right kind of file\n")
    const result = yield* execIn(
      inv.api,
      { namespace: pod.metadata.namespace ?? inv.namespace, pod: pod.metadata.name, ...(name === undefined ? {} : { container: name }) },
      command,
      inv.line.isSet("stdin") ? inv.stdin : ""
    ).pipe(Effect.mapError((status): Problem => (status.code >= 500 ? failure(status.message) : status)))
    inv.out(result.stdout)
    inv.err(result.stderr)
    if (result.exitCode !== 0)
      return yield* new Failure({ text: `command terminated with exit code ${result.exitCode}`, exitCode: result.exitCode })
    return 0
  })
}
