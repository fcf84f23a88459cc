/** Drives the programs of containers: one step at a time, with its effects carried out on the world. */
import type { NetworkReply, NetworkRequest, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import type { Container, PendingCall } from "../Container.ts"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import type { ContainerSpec } from "../Kinds.ts"
import { asPod, specOf } from "../Kinds.ts"
import * as Network from "../Network.ts"
import * as Visits from "../traffic/Visits.ts"
import type { Turn } from "../Turn.ts"
import * as Files from "./Files.ts"
import * as LogFile from "./LogFile.ts"
import * as MemoryPressure from "./MemoryPressure.ts"
import * as MemoryUse from "./MemoryUse.ts"
import { contextOf, reset } from "./ProgramContext.ts"
import { containersOf } from "../World.ts"
import * as TerminationMessage from "./TerminationMessage.ts"
import * as Transfer from "../Transfer.ts"

/** One way of a call, in milliseconds. */
const latency = [1, 4] as const
/** How long a client waits for an address that doesn't answer, and for an answer over a connection that came about. */
const patience = { open: 5_000, answer: 30_000 }

/** The answers a step can give to whoever asked for it. */
interface Outcome {
  readonly reply: NetworkReply | undefined
  readonly output: Extract<ProgramEffect, { readonly _tag: "Output" }> | undefined
}

/** Gives the program an input and carries its effects out. Does nothing when it doesn't run. */
export const step = (turn: Turn, key: string, input: ProgramInput): Outcome => {
  const before = turn.containers.get(key)
  if (before?.program === undefined) return { reply: undefined, output: undefined }
  const { effects, state } = before.program.step(
    before.memory,
    input,
    contextOf(turn, before, () => turn.draw(key))
  )
  if (state !== before.memory) turn.relevant = true
  let container: Container = state === before.memory ? before : { ...before, memory: state }
  let reply: NetworkReply | undefined
  let output: Outcome["output"]
  let exit: number | undefined
  let tooMuch = false
  for (const effect of effects) {
    switch (effect._tag) {
      case "Answer":
        reply = effect.reply
        break
      case "Output":
        output = effect
        break
      case "Exit":
        exit = effect.code
        break
      case "Memory":
        container = { ...container, holds: effect.bytes }
        tooMuch ||= isTooMuch(turn, container)
        break
      default:
        container = carryOut(turn, container, effect)
    }
  }
  if (container !== before) turn.setContainer(container)
  if (tooMuch) end(turn, container, 137, "OOMKilled")
  else if (exit !== undefined) end(turn, container, exit)
  else {
    if (container.holds !== before.holds) MemoryPressure.taken(turn, container.node)
    if (container.listening !== before.listening) turn.enqueue("kubelet", podKey(container))
  }
  return { reply, output }
}

export const podKey = (container: Container): string => `${container.namespace}/${container.pod}/${container.podUid}`

const carryOut = (
  turn: Turn,
  container: Container,
  effect: Exclude<ProgramEffect, { readonly _tag: "Answer" | "Output" | "Exit" | "Memory" }>
): Container => {
  const number = container.instance?.number ?? 0
  switch (effect._tag) {
    case "Log":
      return logged(turn, container, effect)
    case "Listen":
      if (container.listening.includes(effect.port)) return container
      turn.relevant = true
      return { ...container, listening: [...container.listening, effect.port] }
    case "Close":
      if (!container.listening.includes(effect.port)) return container
      turn.relevant = true
      return { ...container, listening: container.listening.filter((port) => port !== effect.port) }
    case "Register":
      turn.relevant = true
      return {
        ...container,
        registered: [...container.registered.filter(({ name }) => name !== effect.name), { name: effect.name, port: effect.port }]
      }
    case "Call": {
      const { _tag: _, ...call } = effect
      turn.schedule(turn.now + turn.millis("latency", ...latency), { _tag: "Call", container: container.key, instance: number, call })
      return container
    }
    case "Timer":
      return timed(turn, container, effect.name, effect.afterMillis)
    case "Watch":
      return container.watched.some(({ path, timer }) => path === effect.path && timer === effect.timer)
        ? container
        : { ...container, watched: [...container.watched, { path: effect.path, timer: effect.timer }] }
    case "WriteFile":
      return write(turn, container, effect.path, effect.text)
    case "SaveData":
      turn.relevant = true
      return written(turn, Files.save(turn, container, effect.path, effect.value))
  }
}

const timed = (turn: Turn, container: Container, name: string, afterMillis: number): Container => {
  const sequence = turn.sequence + 1
  // time passes between a timer and its setting, or a program could stop the clock
  turn.schedule(turn.now + Math.max(1, afterMillis), {
    _tag: "Program",
    container: container.key,
    instance: container.instance?.number ?? 0,
    name,
    sequence
  })
  return { ...container, timers: { ...container.timers, [name]: sequence } }
}

/** Programs of the pod that watch a file learn that its text is another after the change. */
export const watching = (turn: Turn, podUid: string, change: () => void): void => {
  const before = containersOf(turn, podUid).flatMap(({ key, watched }) =>
    watched.map(({ path, timer }) => ({ key, path, timer, text: textOf(turn, key, path) }))
  )
  change()
  for (const { key, path, text, timer } of before) {
    const container = turn.containers.get(key)
    if (container !== undefined && textOf(turn, key, path) !== text) turn.setContainer(timed(turn, container, timer, 0))
  }
}

const textOf = (turn: Turn, key: string, path: string): string | undefined => {
  const container = turn.containers.get(key)
  return container === undefined ? undefined : Files.read(turn, container, path)
}

const written = (turn: Turn, { container, volumes }: Files.Written): Container => {
  turn.volumes = volumes
  return container
}

/** Files by which a container finds others. */
const ofNames: ReadonlySet<string> = new Set(["/etc/hosts", "/etc/resolv.conf"])

/** The container after that; nothing of a text removes the file. */
export const write = (turn: Turn, container: Container, path: string, text: string | undefined): Container => {
  if (ofNames.has(path)) turn.relevant = true
  return written(turn, Files.write(turn, container, path, text))
}

export const logged = (
  turn: Turn,
  container: Container,
  { ending, line: text, stream }: Extract<ProgramEffect, { readonly _tag: "Log" }>
): Container => {
  const { instance } = container
  if (instance === undefined) return container
  let { file, log, rotated } = instance
  for (const line of text.split("\n")) {
    const next = LogFile.longer(file, container.node, turn.now, line)
    if (next.since !== file.since) [log, rotated] = [undefined, log]
    log = { at: turn.now, sequence: ++turn.sequence, stream, line, before: log }
    file = next
  }
  if (ending !== undefined && log !== undefined) log = { ...log, ending }
  return { ...container, instance: { ...instance, file, log, rotated } }
}

const specAt = (turn: Turn, { name, namespace, pod }: Container): ContainerSpec | undefined => {
  const found = turn.get("pods", namespace, pod)
  return found === undefined ? undefined : specOf(asPod(found), name)
}

/** Whether the container comes to use more than its limit, or more than there is. */
const isTooMuch = (turn: Turn, container: Container): boolean => {
  const limit = specAt(turn, container)?.resources?.limits?.["memory"]
  const bytes = MemoryUse.most(container)
  return (
    (limit !== undefined && bytes > Quantity.value(limit)) || bytes > MemoryUse.left(turn, turn.containers.get(container.key) ?? container)
  )
}

/** The program begins. One that needs more memory than its container may have doesn't get far. */
export const begin = (turn: Turn, key: string): void => {
  step(turn, key, { _tag: "Start" })
  const container = turn.containers.get(key)
  if (container?.program === undefined) return
  if (isTooMuch(turn, container)) return end(turn, container, 137, "OOMKilled")
  MemoryPressure.taken(turn, container.node)
}

/** The program is no more. The kubelet learns of it in this very moment, and acts on it a second later. */
export const end = (turn: Turn, container: Container, exitCode: number, reason = exitCode === 0 ? "Completed" : "Error"): void => {
  const startedAt = container.state._tag === "Running" ? container.state.startedAt : turn.now
  const spec = specAt(turn, container)
  const message = spec === undefined ? undefined : TerminationMessage.of(turn, container, spec, exitCode)
  turn.relevant = true
  turn.setContainer({
    ...container,
    program: undefined,
    memory: undefined,
    holds: undefined,
    started: false,
    ready: false,
    listening: [],
    registered: [],
    watched: [],
    timers: {},
    instance: container.instance === undefined ? undefined : { ...container.instance, endedAt: turn.now },
    state: {
      _tag: "Terminated",
      exitCode,
      reason,
      ...(message === undefined ? {} : { message }),
      startedAt,
      finishedAt: turn.now,
      id: container.instance?.id ?? ""
    }
  })
  turn.enqueue("kubelet", podKey(container))
}

const alive = (turn: Turn, key: string, instance: number): Container | undefined => {
  const container = turn.containers.get(key)
  return container?.program !== undefined && container.instance?.number === instance ? container : undefined
}

export const fireTimer = (turn: Turn, key: string, instance: number, name: string, sequence: number): void => {
  const container = alive(turn, key, instance)
  if (container?.timers[name] === sequence) step(turn, key, { _tag: "Timer", name })
}

export const deliver = (turn: Turn, key: string, instance: number, id: string, reply: NetworkReply): void => {
  if (alive(turn, key, instance) !== undefined) step(turn, key, { _tag: "Reply", id, reply })
}

export interface Answered {
  readonly reply: NetworkReply
  /** How much longer it takes to come back than the moment that most answers take. */
  readonly lateMillis: number
}

/** What comes back from an address, asked over a connection of its own from within a container at this very moment. */
export const ask = (turn: Turn, caller: Container, host: string, port: number, request: NetworkRequest): Answered => {
  const draw = (): number => turn.bits("transfer")
  const { fate, lateMillis } = Network.questionFor(turn, caller, host, draw)
  const at = (reply: NetworkReply, more = 0): Answered => ({ reply, lateMillis: Math.ceil(lateMillis + more) })
  if (fate === "lost") return at(Network.unheard(turn, caller, host))
  const found = Network.reach(turn, caller, host, port)
  if (found._tag === "Failure") return at(found.failure)
  const targets = found.targets.map((target) => ({ ...target, node: target.container.node }))
  const asker = { node: caller.node, address: caller.podIp }
  const target = Network.chosen(targets, found.spread, asker, (count) => Math.floor(turn.draw("balance") * count))
  if (target === undefined || !Network.connects(turn, caller, target)) return at(Network.timedOut(found.address, port))
  const path = Network.pathTo(turn, caller, target)
  const answer = (): Visits.Answered => taken(turn, target.container, target.port, request) ?? { reply: reset, millis: 0 }
  if (path === undefined) {
    if (!target.listening) return at(Network.refused(found.address, port))
    const { millis, reply } = answer()
    return at(reply, millis)
  }
  const talk = Transfer.conversation(path, patience, draw)
  if (talk === "unopened") return at(Network.timedOut(found.address, port), patience.open)
  const { openMillis, sent } = talk
  if (!target.listening) return at(Network.refused(found.address, port), openMillis)
  const unanswered = at(Network.unanswered(`${caller.podIp}:40404`, `${found.address}:${port}`), openMillis + patience.answer)
  if (sent.fate === "lost") return unanswered
  // what nobody hears of the program has answered nevertheless
  const { millis, reply } = answer()
  return sent.fate === "answered" ? at(reply, openMillis + sent.times.there + millis + sent.times.back) : unanswered
}

/** What comes of a request that has got to a container; nothing from one that hangs up. */
export const taken = (turn: Turn, container: Container, port: number, request: NetworkRequest): Visits.Answered | undefined => {
  const { reply } = step(turn, container.key, { _tag: "Request", request })
  return reply === undefined ? undefined : Visits.answer(turn, container, port, request, reply)
}

/** A call arrives: its target answers, and the answer goes back in the same moment; only silence takes longer. */
export const call = (turn: Turn, key: string, instance: number, { host, id, port, request }: PendingCall): void => {
  const caller = alive(turn, key, instance)
  if (caller === undefined) return
  const { lateMillis, reply } = ask(turn, caller, host, port, request)
  const isSilent = reply._tag === "failure" && reply.failure === "timeout"
  const after = isSilent ? Math.max(patience.open, lateMillis) : lateMillis
  if (after === 0) return deliver(turn, key, instance, id, reply)
  turn.schedule(turn.now + after, { _tag: "Reply", container: key, instance, id, reply })
}
