/** The hooks of a container's life, worded as pkg/kubelet/lifecycle does. */
import type { Container } from "../Container.ts"
import type { ContainerSpec, LifecycleHandler, Pod } from "../Kinds.ts"
import type { Turn } from "../Turn.ts"
import * as Asking from "./Asking.ts"
import * as Execute from "./Execute.ts"
import { podTitle } from "./Look.ts"

export interface Ran {
  /** What it says when it failed. */
  readonly failure: string | undefined
  readonly elapsedMillis: number
}

/** No hook takes longer than the limit. */
export const run = (turn: Turn, pod: Pod, container: Container, spec: ContainerSpec, hook: LifecycleHandler, limitMillis: number): Ran => {
  if (hook.exec !== undefined) return command(turn, pod, container, hook.exec.command ?? [], limitMillis)
  if (hook.sleep !== undefined) return { failure: undefined, elapsedMillis: Math.min(limitMillis, hook.sleep.seconds * 1000) }
  if (hook.httpGet === undefined) return { failure: undefined, elapsedMillis: 0 }
  const { elapsedMillis, output, result } = Asking.http(turn, container, spec, hook.httpGet, limitMillis)
  const failure = `HTTP lifecycle hook (${hook.httpGet.path ?? ""}) for Container "${spec.name}" in Pod "${podTitle(pod)}" failed - error: ${output}`
  // an error page is an answer, too
  return { failure: result === "success" || output.startsWith("HTTP ") ? undefined : failure, elapsedMillis }
}

const command = (turn: Turn, pod: Pod, container: Container, argv: ReadonlyArray<string>, limitMillis: number): Ran => {
  const { elapsedMillis, outcome, output } = Execute.execute(turn, container, argv, limitMillis)
  const failed = (error: string): Ran => ({
    failure: `Exec lifecycle hook ([${argv.join(" ")}]) for Container "${container.name}" in Pod "${podTitle(pod)}" failed - error: ${error}, message: ${JSON.stringify(output)}`,
    elapsedMillis
  })
  if (outcome._tag === "NotStarted") return failed(outcome.message)
  if (outcome._tag === "TimedOut") return failed("context deadline exceeded")
  return outcome.status === 0
    ? { failure: undefined, elapsedMillis }
    : failed(`command '${argv.join(" ")}' exited with ${outcome.status}: ${output}`)
}
