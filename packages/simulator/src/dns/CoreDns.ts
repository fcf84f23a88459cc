/**
 * CoreDNS: starts with its Corefile or not at all, looks at it every so often and keeps the one it has when the new one is wrong. Whom it
 * answers what is in `Chain.ts`: its answers depend on the cluster.
 */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { ProgramContext, ProgramEffect, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Parsed, ServerBlock } from "./Corefile.ts"
import * as Corefile from "./Corefile.ts"
import * as Loop from "./Loop.ts"
import { full, place } from "./Place.ts"
import * as Servings from "./Serving.ts"
import { Serving } from "./Serving.ts"

export const image = "registry.k8s.io/coredns/coredns:v1.12.1"

const log = (line: string): ProgramEffect => ({ _tag: "Log", stream: "stdout", line })

const millisOf = (text: string | undefined, otherwise: number): number => {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text ?? "") ?? []
  return amount === undefined ? otherwise : Number(amount) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 1_000)
}

const running = (digest: string): ProgramEffect => log(`[INFO] plugin/reload: Running configuration SHA512 = ${digest}`)

const titles = (servers: ReadonlyArray<ServerBlock>): ReadonlyArray<ProgramEffect> =>
  servers
    .flatMap(({ keys }) => keys.map(place))
    .toSorted((a, b) => a.port - b.port || (a.zone < b.zone ? -1 : 1))
    .map(({ port, transport, zone }) => log(`${transport === "dns" ? "" : `${transport}://`}${full(zone)}:${port}`))

/** A shorter one is taken for this, as the plugin does. */
const shortestReloadMillis = 2_000
/** It finds out within seconds. */
const loopMillis = 2_000

/** How often the Corefile is looked at; 0: never. */
const everyMillis = (servers: ReadonlyArray<ServerBlock>, { random }: ProgramContext): number => {
  const [reload] = Servings.directives(servers, "reload")
  if (reload === undefined) return 0
  const every = Math.max(shortestReloadMillis, millisOf(reload.words[0], 30_000))
  const jitter = Math.min(millisOf(reload.words[1], 15_000), every / 2)
  return Math.round(every + (random() * 2 - 1) * jitter)
}

/** What the process does from the moment on at which it has a Corefile, beside what it did before. */
const taken = (
  { imported, servers }: Parsed,
  path: string,
  before: ReadonlyArray<ServerBlock>,
  context: ProgramContext
): ReadonlyArray<ProgramEffect> => {
  const [ports, old] = [Servings.ports(servers), Servings.ports(before)]
  const isWatched = Servings.directives(servers, "reload").length > 0
  return [
    ...old.filter((port) => !ports.includes(port)).map((port) => ({ _tag: "Close", port }) as const),
    ...ports.filter((port) => !old.includes(port)).map((port) => ({ _tag: "Listen", port }) as const),
    ...(isWatched ? [path, ...imported].map((one) => ({ _tag: "Watch", path: one, timer: "changed" }) as const) : []),
    ...(Loop.zoneOf(servers, context) === undefined ? [] : [{ _tag: "Timer", name: "loop", afterMillis: loopMillis } as const])
  ]
}

const start = (context: ProgramContext): Step<Serving | null> => {
  const at = context.argv.indexOf("-conf")
  const path = at < 0 ? "/Corefile" : (context.argv[at + 1] ?? "")
  const text = context.file(path)
  const hello = log("maxprocs: Leaving GOMAXPROCS=8: CPU quota undefined")
  const fails = (why: string): Step<null> => ({ state: null, effects: [hello, log(why), { _tag: "Exit", code: 1 }] })
  if (text === undefined && at >= 0) return fails(`open ${path}: no such file or directory`)
  const loaded = Servings.load(path, text ?? "", context)
  if (Result.isFailure(loaded)) return fails(loaded.failure)
  const { servers, warnings } = loaded.success
  const digest = Servings.digestOf(loaded.success)
  const every = everyMillis(servers, context)
  return {
    state: new Serving({ servers, path, digest, startedAt: context.now, everyMillis: every }),
    effects: [
      hello,
      ...warnings.map(log),
      ...titles(servers),
      ...(every === 0 ? [] : [running(digest)]),
      log("CoreDNS-1.12.1"),
      log("linux/amd64, go1.24.1, 707c7c1"),
      ...taken(loaded.success, path, [], context)
    ]
  }
}

const reload = (state: Serving, context: ProgramContext): Step<Serving> => {
  const text = context.file(state.path)
  if (text === undefined || state.everyMillis === 0) return { state, effects: [] }
  const read = Corefile.parse(state.path, text, context, "any")
  if (Result.isFailure(read)) {
    const again = { _tag: "Timer", name: "reload", afterMillis: state.everyMillis } as const
    return { state, effects: [log(`[WARNING] plugin/reload: Corefile parse failed: ${read.failure}`), again] }
  }
  const digest = Servings.digestOf(read.success)
  if (digest === state.digest) return { state, effects: [] }
  const loaded = Servings.load(state.path, text, context)
  if (Result.isFailure(loaded)) {
    // the same words aren't tried twice
    return {
      state: new Serving({ servers: state.servers, path: state.path, digest, startedAt: state.startedAt, everyMillis: state.everyMillis }),
      effects: [
        log("[INFO] Reloading"),
        log(`[ERROR] Restart failed: ${loaded.failure}`),
        log(`[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: ${loaded.failure}`)
      ]
    }
  }
  const { servers, warnings } = loaded.success
  const every = everyMillis(servers, context)
  return {
    state: new Serving({ servers, path: state.path, digest, startedAt: context.now, everyMillis: every }),
    effects: [
      log("[INFO] Reloading"),
      ...warnings.map(log),
      ...(every === 0 ? [] : [running(digest)]),
      log("[INFO] Reloading complete"),
      ...taken(loaded.success, state.path, state.servers, context)
    ]
  }
}

const looped = (state: Serving, context: ProgramContext): Step<Serving> => {
  const zone = Loop.zoneOf(state.servers, context)
  // another Corefile may have come meanwhile
  if (zone === undefined) return { state, effects: [] }
  const label = (): number => Math.floor(context.random() * 1e16)
  const from = `${context.podIp}:${32_768 + Math.floor(context.random() * 28_232)}`
  return {
    state,
    effects: [
      log(
        `[FATAL] plugin/loop: Loop (${from} -> :53) detected for zone "${zone}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${label()}.${label()}.${zone === "." ? "" : zone}"`
      ),
      { _tag: "Exit", code: 1 }
    ]
  }
}

const timer = (state: Serving, name: string, context: ProgramContext): Step<Serving> => {
  switch (name) {
    case "changed": {
      if (state.everyMillis === 0) return { state, effects: [] }
      const next = state.everyMillis - ((context.now - state.startedAt) % state.everyMillis)
      return { state, effects: [{ _tag: "Timer", name: "reload", afterMillis: next }] }
    }
    case "reload":
      return reload(state, context)
    case "loop":
      return looped(state, context)
    default:
      return { state, effects: [{ _tag: "Exit", code: 0 }] }
  }
}

/** Its pages; DNS itself is answered elsewhere. */
const pages: Readonly<Record<string, string>> = { "GET /health": "health", "GET /ready": "ready", "GET /metrics": "prometheus" }

const answer = ({ servers }: Serving, operation: string): ProgramEffect => {
  const plugin = pages[operation]
  if (plugin === undefined) return { _tag: "Answer", reply: { _tag: "error", code: "404", message: "404 page not found" } }
  return Servings.directives(servers, plugin).length > 0
    ? { _tag: "Answer", reply: { _tag: "ok", payload: "OK" } }
    : { _tag: "Answer", reply: { _tag: "failure", failure: "refused", message: "connect: connection refused" } }
}

const end = (state: Serving): Step<Serving> => {
  const [lameduck] = Servings.directives(state.servers, "health").flatMap(({ block }) =>
    block.filter(({ words: [word] }) => word === "lameduck").map(({ words }) => words[1])
  )
  const bye = log("[INFO] SIGTERM: Shutting down servers then terminating")
  return lameduck === undefined
    ? { state, effects: [bye, { _tag: "Exit", code: 0 }] }
    : {
        state,
        effects: [
          bye,
          log(`[INFO] plugin/health: Going into lameduck mode for ${lameduck}`),
          { _tag: "Timer", name: "end", afterMillis: millisOf(lameduck, 0) }
        ]
      }
}

const step = (state: Serving | null, input: ProgramInput, context: ProgramContext): Step<Serving | null> => {
  if (input._tag === "Start") return start(context)
  if (state === null) return { state, effects: [] }
  switch (input._tag) {
    case "Timer":
      return timer(state, input.name, context)
    case "Request":
      return { state, effects: [answer(state, input.request.operation)] }
    case "Signal":
      return end(state)
    default:
      return { state, effects: [] }
  }
}

const program = Behaviour.program<Serving | null>({ initial: null, step })

export const coreDns = Behaviour.make({
  name: "coredns",
  summary: "CoreDNS with its Corefile",
  images: ["registry.k8s.io/coredns/coredns", "coredns/coredns"],
  command: ["/coredns"],
  sizeMiB: 22,
  program: (argv) => (argv[0] === "/coredns" || argv[0] === "coredns" ? program : undefined),
  executables: [],
  shell: "none",
  files: {},
  prepare: Effect.void
})
