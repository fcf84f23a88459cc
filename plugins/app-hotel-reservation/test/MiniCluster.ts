/** Programs that call each other by name, without Kubernetes: each call is answered in the same moment. */
import type { Behaviour, NetworkReply, ProgramContext, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import { virtualEpoch } from "@aiopslab/core/Cluster"

export class MiniContainer {
  readonly name: string
  readonly cluster: MiniCluster
  readonly argv: ReadonlyArray<string>
  readonly files: Readonly<Record<string, string>>
  readonly program
  state: unknown
  logs: Array<string> = []
  listening: Array<number> = []
  registered: Array<string> = []
  exitCode: number | undefined

  constructor(
    cluster: MiniCluster,
    name: string,
    behaviour: Behaviour,
    argv: ReadonlyArray<string>,
    files: Readonly<Record<string, string>>
  ) {
    this.cluster = cluster
    this.name = name
    this.argv = argv
    this.files = files
    const program = behaviour.program(argv)
    if (program === undefined) throw new Error(`no program for ${argv.join(" ")}`)
    this.program = program
    this.state = program.initial
  }

  step(input: ProgramInput): ReadonlyArray<ProgramEffect> {
    const { cluster, files, name } = this
    const context: ProgramContext = {
      now: cluster.now,
      namespace: "test",
      pod: `${name}-7fc7ddc9db-jjmft`,
      podIp: "10.244.1.9",
      node: "worker",
      container: name,
      image: name,
      argv: this.argv,
      env: {},
      restarts: 0,
      file: (path) => files[path],
      list: (directory) =>
        Object.keys(files)
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1))
          .sort(),
      isReadOnly: () => false,
      data: () => undefined,
      random: () => (cluster.seed = (cluster.seed * 16807) % 2147483647) / 2147483647
    }
    const { effects, state } = this.program.step(this.state, input, context)
    this.state = state
    for (const effect of effects) this.carryOut(effect)
    return effects
  }

  carryOut(effect: ProgramEffect): void {
    if (effect._tag === "Log") this.logs.push(effect.line)
    if (effect._tag === "Listen") this.listening.push(effect.port)
    if (effect._tag === "Register") this.registered.push(effect.name)
    if (effect._tag === "Exit") this.exitCode = effect.code
    if (effect._tag === "Timer") this.cluster.timers.push(() => this.step({ _tag: "Timer", name: effect.name }))
    if (effect._tag === "Call") {
      const reply = this.cluster.ask(effect.host, effect.port, effect.request)
      this.step({ _tag: "Reply", id: effect.id, reply })
    }
  }
}

export class MiniCluster {
  now = virtualEpoch
  seed = 1
  timers: Array<() => void> = []
  readonly containers = new Map<string, MiniContainer>()

  start(name: string, behaviour: Behaviour, argv: ReadonlyArray<string>, files: Readonly<Record<string, string>> = {}): MiniContainer {
    const container = new MiniContainer(this, name, behaviour, argv, files)
    this.containers.set(name, container)
    container.step({ _tag: "Start" })
    return container
  }

  ask(host: string, port: number, request: Parameters<typeof requestOf>[0]): NetworkReply {
    const container = this.containers.get(host)
    if (container === undefined) return { _tag: "failure", failure: "no-such-host", message: `dial tcp: lookup ${host}: no such host` }
    if (!container.listening.includes(port))
      return { _tag: "failure", failure: "refused", message: `dial tcp ${host}:${port}: connect: connection refused` }
    for (const effect of container.step(requestOf(request))) if (effect._tag === "Answer") return effect.reply
    throw new Error(`${host} did not answer ${request.operation}`)
  }

  /** Lets every timer that is set now fire, this much later. */
  later(millis: number): void {
    this.now += millis
    const due = this.timers
    this.timers = []
    for (const fire of due) fire()
  }
}

const requestOf = (request: Extract<ProgramInput, { readonly _tag: "Request" }>["request"]): ProgramInput => ({ _tag: "Request", request })
