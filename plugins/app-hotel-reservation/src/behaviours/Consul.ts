/** A Consul agent in development mode: services announce themselves, and the catalogue tells who did. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { NetworkReply, NetworkRequest, ProgramContext, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import type { Json } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Option from "effect/Option"
import { consulPort } from "../GoServices.ts"

/** Port by service, in order of first registration. Lost with the container: nobody registers again until it restarts. */
type State = ReadonlyMap<string, number>

const decodeRegistration = Schema.decodeUnknownOption(Schema.Struct({ Name: Schema.String, Port: Schema.Int }))

const time = (now: number): string => new Date(now).toISOString()

const ok = (payload?: Json): NetworkReply => ({ _tag: "ok", ...(payload === undefined ? {} : { payload }) })

const answer = (state: State, request: NetworkRequest): readonly [NetworkReply, State] => {
  const [method, target = ""] = request.operation.split(" ")
  const [path = ""] = target.split("?")
  if (method === "PUT" && path === "/v1/agent/service/register") {
    const registration = decodeRegistration(request.payload)
    if (Option.isNone(registration)) return [{ _tag: "error", code: "400", message: "Request decode failed" }, state]
    return [ok(), new Map([...state, [registration.value.Name, registration.value.Port]])]
  }
  if (path === "/v1/status/leader") return [ok("127.0.0.1:8300"), state]
  if (path === "/v1/catalog/services")
    return [ok(Object.fromEntries([["consul", []], ...[...state.keys()].map((name) => [name, []])])), state]
  const health = /^\/v1\/health\/service\/([^/]+)/u.exec(path)
  if (health !== null) {
    const name = health[1] ?? ""
    const port = state.get(name)
    return [ok(port === undefined ? [] : [{ Service: { ID: name, Service: name, Port: port }, Checks: [{ Status: "passing" }] }]), state]
  }
  return [{ _tag: "error", code: "404", message: "404 page not found" }, state]
}

const run = (state: State, argv: ReadonlyArray<string>): readonly [stdout: string, stderr: string, exitCode: number] => {
  const command = argv.slice(1).join(" ")
  if (command === "catalog services") return [`${["consul", ...state.keys()].sort().join("\n")}\n`, "", 0]
  if (command === "version") return ["Consul v1.21.5\n", "", 0]
  if (command === "members") {
    return [
      "Node    Address         Status  Type    Build   Protocol  DC   Partition  Segment\nconsul  127.0.0.1:8301  alive   server  1.21.5  2         dc1  default    <all>\n",
      "",
      0
    ]
  }
  return ["", "Usage: consul [--version] [--help] <command> [<args>]\n", 127]
}

const step = (state: State, input: ProgramInput, { now }: ProgramContext): Step<State> => {
  switch (input._tag) {
    case "Start":
      return {
        state,
        effects: [
          { _tag: "Log", stream: "stdout", line: "==> Starting Consul agent..." },
          { _tag: "Log", stream: "stdout", line: `${time(now)} [INFO]  agent: Consul agent running!` },
          { _tag: "Listen", port: consulPort }
        ]
      }
    case "Request": {
      const [reply, next] = answer(state, input.request)
      return { state: next, effects: [{ _tag: "Answer", reply }] }
    }
    case "Exec": {
      const [stdout, stderr, exitCode] = run(state, input.argv)
      return { state, effects: [{ _tag: "Output", stdout, stderr, exitCode }] }
    }
    case "Signal":
      return {
        state,
        effects: [
          { _tag: "Log", stream: "stdout", line: `${time(now)} [INFO]  agent: Caught: signal=terminated` },
          { _tag: "Exit", code: 0 }
        ]
      }
    default:
      return { state, effects: [] }
  }
}

const program = Behaviour.program<State>({ initial: new Map(), step })

export const consul = Behaviour.make({
  name: "consul",
  summary: "A Consul agent: service registration and catalogue",
  images: ["hashicorp/consul"],
  command: ["docker-entrypoint.sh", "agent", "-dev", "-client", "0.0.0.0"],
  sizeMiB: 72,
  program: (argv) => (argv.includes("agent") ? program : undefined),
  executables: ["consul"],
  shell: "sh",
  files: {},
  prepare: Effect.void
})
