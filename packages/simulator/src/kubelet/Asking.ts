/** Asks a container whether it is well, in each of the ways a probe knows; the words are those of pkg/probe. */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Container } from "../Container.ts"
import type { ContainerSpec, HttpGet, Probe, TcpSocket } from "../Kinds.ts"
import * as Impairments from "../Impairments.ts"
import * as Network from "../Network.ts"
import * as Policies from "../NetworkPolicies.ts"
import { listenerOf } from "../ReadyAddresses.ts"
import type { Turn } from "../Turn.ts"
import { goMillis } from "./BackOff.ts"
import * as Transfer from "../Transfer.ts"
import * as Execute from "./Execute.ts"
import type { Checked, ProbeResult } from "./ProbeState.ts"
import { nodeDns } from "./Names.ts"
import * as Running from "./Program.ts"
import { reset } from "./ProgramContext.ts"
import * as Witness from "./Witness.ts"

const checked = (result: ProbeResult, output: string, steady: Checked["steady"] = "no", elapsedMillis = 0): Checked => ({
  result,
  output,
  elapsedMillis,
  steady
})

export const ask = (turn: Turn, container: Container, spec: ContainerSpec, probe: Probe): Checked => {
  const limit = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec !== undefined) return command(turn, container, probe.exec.command ?? [], limit)
  if (probe.httpGet !== undefined) return http(turn, container, spec, probe.httpGet, limit)
  if (probe.tcpSocket !== undefined) return tcp(turn, container, spec, probe.tcpSocket, limit)
  if (probe.grpc !== undefined) return grpc(turn, container, probe.grpc.port, probe.grpc.service ?? "", limit)
  return checked("unknown", "missing probe handler")
}

const command = (turn: Turn, container: Container, argv: ReadonlyArray<string>, limit: number): Checked => {
  const { elapsedMillis, outcome, output, steady } = Execute.execute(turn, container, argv, limit)
  switch (outcome._tag) {
    case "NotStarted":
      return checked("unknown", `rpc error: code = Unknown desc = failed to exec in container: ${outcome.message}`)
    case "TimedOut":
      return checked("failure", `command timed out: "${argv.join(" ")}" timed out after ${goMillis(limit)}`, "no", elapsedMillis)
    case "Exited":
      return checked(outcome.status === 0 ? "success" : "failure", output, steady, elapsedMillis)
  }
}

const portOf = (spec: ContainerSpec, port: number | string): number | undefined => {
  if (typeof port === "number") return port
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort
  return named ?? (/^\d+$/u.test(port) ? Number(port) : undefined)
}

const noPort = (port: number | string): Checked =>
  checked("unknown", `strconv.Atoi: parsing ${JSON.stringify(String(port))}: invalid syntax`)

type Found =
  /** Within the pod: what answers depends on its containers alone. */
  | { readonly _tag: "Own"; readonly target: Container; readonly late: Late | undefined }
  | { readonly _tag: "Other"; readonly target: Container; readonly late: undefined }
  | { readonly _tag: "Failure"; readonly message: string; readonly failure: "refused" | "timeout" | "no-such-host" | "reset" }

/** What impairments of the pod do to its node's question, in milliseconds; `Infinity` when it isn't heard within the limit. */
interface Late {
  readonly opened: number
  readonly answered: number
}

/** The node has a network of its own: only what the pod sends is impaired. */
const lateOf = (turn: Turn, target: Container, limit: number): Late | undefined => {
  if (!Impairments.exist(turn)) return undefined
  const path = Impairments.between(turn, Policies.outside, Policies.peerOf(turn, target))
  if (path === undefined) return undefined
  const talk = Transfer.conversation(path, { open: limit, answer: limit }, () => turn.bits("probe transfer"))
  if (talk === "unopened") return { opened: Infinity, answered: Infinity }
  const { openMillis, sent } = talk
  const answered = sent.fate === "answered" ? openMillis + sent.times.there + sent.times.back : Infinity
  return { opened: Math.ceil(openMillis), answered: answered > limit ? Infinity : Math.ceil(answered) }
}

/** Who is behind a port of the pod, or of a host as the node sees it. */
const find = (turn: Turn, container: Container, host: string | undefined, port: number, limit: number): Found => {
  if (host === undefined || host === "" || host === container.podIp) {
    const target = listenerOf(turn, container.podUid, port)
    return target === undefined
      ? { _tag: "Failure", failure: "refused", message: Network.refused(container.podIp, port).message }
      : { _tag: "Own", target, late: lateOf(turn, target, limit) }
  }
  // the node's own names, not the cluster's
  const found = /^\d+(?:\.\d+){3}$/u.test(host)
    ? Network.resolve(turn, container.namespace, host, port)
    : { _tag: "Failure" as const, failure: Network.noSuchHost(host, nodeDns) }
  if (found._tag === "Failure") return { _tag: "Failure", failure: found.failure.failure, message: found.failure.message }
  const [target] = found.targets
  return target === undefined || !target.listening
    ? { _tag: "Failure", failure: "refused", message: Network.refused(host, port).message }
    : { _tag: "Other", target: target.container, late: undefined }
}

/** What a program answers, and whether it would answer so again. */
const answer = (turn: Turn, target: Container, request: NetworkRequest): readonly [NetworkReply, Checked["steady"]] => {
  const witness = Witness.of(turn, target)
  const trial = target.program?.step(target.memory, { _tag: "Request", request }, witness.context)
  if (trial !== undefined && trial.state === target.memory && witness.isContent() && trial.effects.every(({ _tag }) => _tag === "Answer")) {
    const found = trial.effects.find((effect) => effect._tag === "Answer")
    return [found?.reply ?? reset, "yes"]
  }
  return [Running.step(turn, target.key, { _tag: "Request", request }).reply ?? reset, "no"]
}

const isSteady = (found: Found, steady: Checked["steady"]): Checked["steady"] =>
  found._tag === "Own" && found.late === undefined ? steady : "no"

export const http = (turn: Turn, container: Container, spec: ContainerSpec, get: HttpGet, limit: number): Checked => {
  const port = portOf(spec, get.port)
  if (port === undefined) return noPort(get.port)
  const scheme = (get.scheme ?? "HTTP").toLowerCase()
  const host = get.host === undefined || get.host === "" ? container.podIp : get.host
  const path = get.path === undefined || get.path === "" ? "/" : get.path.startsWith("/") ? get.path : `/${get.path}`
  const failed = (why: string, elapsed = 0): Checked =>
    checked("failure", `Get "${scheme}://${host}:${port}${path}": ${why}`, "no", elapsed)
  const found = find(turn, container, get.host, port, limit)
  const undialled = `dial tcp ${host}:${port}: i/o timeout (Client.Timeout exceeded while awaiting headers)`
  if (found._tag === "Failure") return found.failure === "timeout" ? failed(undialled, limit) : failed(found.message)
  const { late } = found
  if (late?.opened === Infinity) return failed(undialled, limit)
  // no behaviour speaks TLS
  if (scheme === "https") return failed("http: server gave HTTP response to HTTPS client")
  const [reply, steady] = answer(turn, found.target, { protocol: "http", operation: `GET ${path}` })
  const unheard = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
  if (late?.answered === Infinity) return failed(unheard, limit)
  if (reply._tag === "failure") return reply.failure === "timeout" ? failed(unheard, limit) : failed("EOF", late?.answered)
  const status = reply._tag === "ok" ? 200 : /^\d{3}$/u.test(reply.code) ? Number(reply.code) : 500
  return status >= 200 && status < 400
    ? checked("success", "", isSteady(found, steady), late?.answered)
    : checked("failure", `HTTP probe failed with statuscode: ${status}`, "no", late?.answered)
}

const tcp = (turn: Turn, container: Container, spec: ContainerSpec, socket: TcpSocket, limit: number): Checked => {
  const port = portOf(spec, socket.port)
  if (port === undefined) return noPort(socket.port)
  const found = find(turn, container, socket.host, port, limit)
  if (found._tag === "Failure") return checked("failure", found.message)
  const { late } = found
  return late?.opened === Infinity
    ? checked("failure", Network.timedOut(container.podIp, port).message, "no", limit)
    : checked("success", "", isSteady(found, "yes"), late?.opened)
}

const grpc = (turn: Turn, container: Container, port: number, service: string, limit: number): Checked => {
  const found = find(turn, container, undefined, port, limit)
  if (found._tag === "Failure" || found.late?.opened === Infinity) {
    const why = `timeout: failed to connect service "${container.podIp}:${port}" within ${goMillis(limit)}: context deadline exceeded`
    return checked("failure", why, "no", limit)
  }
  const [reply, steady] = answer(turn, found.target, {
    protocol: "grpc",
    operation: "grpc.health.v1.Health/Check",
    payload: { service }
  })
  const elapsed = found.late?.answered
  if (elapsed === Infinity) {
    return checked("failure", `timeout: health rpc did not complete within ${goMillis(limit)}`, "no", limit)
  }
  switch (reply._tag) {
    case "failure":
      return checked("failure", `error: health rpc probe failed: rpc error: code = Unavailable desc = ${reply.message}`, "no", elapsed)
    case "error":
      return checked(
        "failure",
        /^unimplemented$/iu.test(reply.code)
          ? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${reply.message}`
          : `error: health rpc probe failed: rpc error: code = ${reply.code} desc = ${reply.message}`,
        "no",
        elapsed
      )
    case "ok": {
      const status = servingStatus(reply.payload)
      return status === "SERVING"
        ? checked("success", "service healthy", isSteady(found, steady), elapsed)
        : checked("failure", `service unhealthy (responded with "${status}")`, "no", elapsed)
    }
  }
}

/** A program that says nothing of its health serves. */
const servingStatus = (payload: unknown): string =>
  typeof payload === "object" && payload !== null && "status" in payload && typeof payload.status === "string" ? payload.status : "SERVING"
