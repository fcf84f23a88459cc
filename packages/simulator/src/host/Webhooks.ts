/**
 * Calls of webhooks by the API server. One behind a Service is a program of the cluster, which answers within the write itself; its TLS is
 * taken for granted. What lies outside the cluster is asked by whoever serves it; a trial has nobody who does, so that to it every address
 * outside is unknown, always and at once, and the same seed gives the same bytes.
 */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import * as Store from "@aiopslab/kubernetes/Store"
import type { UrlTarget } from "@aiopslab/kubernetes/web/Outside"
import { nowhere } from "@aiopslab/kubernetes/web/Outside"
import type { Posted, WebRequest, WebTarget } from "@aiopslab/kubernetes/web/Web"
import { asService } from "../Kinds.ts"
import * as Program from "../kubelet/Program.ts"
import * as Network from "../Network.ts"
import type { Turn } from "../Turn.ts"
import * as Web from "./Web.ts"

const failed = (why: string): Posted => ({ _tag: "Failed", why })

const posted = (reply: NetworkReply): Posted => {
  const found = Web.replyOf(reply)
  if (found !== undefined) return { _tag: "Replied", reply: found }
  return failed(reply._tag === "failure" && reply.failure === "timeout" ? "context deadline exceeded" : "EOF")
}

/** The server goes to the Service's address, as one without aggregator routing does. */
const ofService = (turn: Turn, target: Extract<WebTarget, { readonly _tag: "Service" }>, request: WebRequest): Posted => {
  const found = Store.get(turn.store, "services", target.namespace, target.name)
  if (found === undefined) return failed(`service ${JSON.stringify(target.name)} not found`)
  const { spec } = asService(found)
  if (spec.clusterIP === "None") return failed('cannot route to service with ClusterIP "None"')
  if (spec.ports?.some(({ port }) => port === target.port) !== true) {
    return failed(`no service port ${target.port} found for service ${JSON.stringify(target.name)}`)
  }
  const reached = Network.resolve(turn, target.namespace, spec.clusterIP ?? "", target.port)
  if (reached._tag === "Failure") {
    return failed(reached.failure.failure === "timeout" ? "context deadline exceeded" : reached.failure.message)
  }
  const listening = reached.targets.filter((one) => one.listening)
  const chosen = listening.length <= 1 ? listening[0] : listening[Math.floor(turn.draw("webhook") * listening.length)]
  if (chosen === undefined) return failed(Network.refused(reached.address, target.port).message)
  const { reply } = Program.step(turn, chosen.container.key, { _tag: "Request", request: Web.requestOf(request) })
  return posted(reply ?? { _tag: "failure", failure: "reset", message: "" })
}

const ofUrl = (turn: Turn, target: UrlTarget, request: WebRequest, timeoutSeconds: number): Posted =>
  (turn.outside ?? nowhere).post(target, request, timeoutSeconds)

export const post = (turn: Turn, target: WebTarget, request: WebRequest, timeoutSeconds: number): Posted =>
  target._tag === "Service" ? ofService(turn, target, request) : ofUrl(turn, target, request, timeoutSeconds)
