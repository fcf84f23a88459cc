import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { list, log, type LogQuery, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import { type Action, type ActionContext, numberOf, textOf } from "../Action.ts"
import { bounded } from "../Text.ts"
import { matching } from "./Grep.ts"

const plain = (text: string) => ({ text, truncated: false })

const podsOf = Effect.fnUntraced(function* (context: ActionContext, namespace: string, service: string) {
  const labelled = yield* list(context.api, resources.pods, namespace, { labelSelector: `${context.serviceLabel}=${service}` })
  if (labelled.length > 0) return labelled
  const all = yield* list(context.api, resources.pods, namespace)
  return all.filter((pod) => pod.metadata.name === service || pod.metadata.name.startsWith(`${service}-`))
})

const containersOf = (pod: KubeObject): ReadonlyArray<string> => {
  const spec = pod["spec"]
  const containers =
    typeof spec === "object" && spec !== null && "containers" in spec && Array.isArray(spec.containers) ? spec.containers : []
  return containers.flatMap((container: unknown) =>
    typeof container === "object" && container !== null && "name" in container && typeof container.name === "string" ? [container.name] : []
  )
}

export const getLogs: Action = {
  name: "get_logs",
  summary: "Gives the log of a service's first pod, the latest lines when it is long.",
  parameters: [
    { name: "namespace", type: "str", about: "the namespace of the service" },
    { name: "service", type: "str", about: "the name of the service" },
    { name: "tail", type: "int", default: 0, about: "only this many of the latest lines; 0 for all" },
    { name: "since", type: "int", default: 0, about: "only lines of this many latest seconds; 0 for all" },
    { name: "grep", type: "str", default: "", about: "only lines that match this regular expression" },
    { name: "container", type: "str", default: "", about: "the container, where the pod has several" },
    { name: "previous", type: "int", default: 0, about: "1 for the log of the container before its last restart" }
  ],
  returns: "the lines of the log",
  run: (args, context) =>
    Effect.gen(function* () {
      const [namespace, service] = [textOf(args, "namespace"), textOf(args, "service")]
      const wanted = /^[a-z0-9A-Z]([-a-z0-9A-Z._]*[a-z0-9A-Z])?$/u.test(service) ? service : ""
      if (wanted === "") return plain(`Error: ${JSON.stringify(service)} is not the name of a service.`)
      const pods = yield* podsOf(context, namespace, wanted)
      const [pod] = pods
      if (pod === undefined)
        return plain(`Error: no pods of a service ${JSON.stringify(service)} in namespace ${JSON.stringify(namespace)}.`)
      const containers = containersOf(pod)
      const container = textOf(args, "container") || (containers[0] ?? "")
      const query: { -readonly [key in keyof LogQuery]: LogQuery[key] } = { container }
      if (numberOf(args, "tail") > 0) query.tailLines = numberOf(args, "tail")
      if (numberOf(args, "since") > 0) query.sinceSeconds = numberOf(args, "since")
      if (numberOf(args, "previous") === 1) query.previous = true
      const whole = yield* log(context.api, namespace, pod.metadata.name, query)
      const found = matching(whole, textOf(args, "grep"))
      if (typeof found !== "string") return plain(found.mistake)
      if (found === "") return plain(`(no lines in the log of pod ${pod.metadata.name})`)
      return bounded(found, "end", "use tail=, since= or grep= to see the part you need")
    }).pipe(Effect.catch((status) => Effect.succeed(plain(`Error from the cluster (${status.reason}): ${status.message}`))))
}
