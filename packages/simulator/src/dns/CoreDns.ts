/**
 * CoreDNS: starts with its Corefile or not at all, looks at it every so often and keeps the one it has when the new one is wrong. Whom it
 * answers what is in `Chain.ts`: its answers depend on the cluster.
 */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { ProgramContext, ProgramEffect, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { hex } from "../Draw.ts"
import { clusterDns } from "../kubelet/Names.ts"
import type { ServerBlock } from "./Corefile.ts"
import * as Servings from "./Serving.ts"
import { Serving } from "./Serving.ts"

export const image = "registry.k8s.io/coredns/coredns:v1.12.1"

const log = (line: string): ProgramEffect => ({ _tag: "Log", stream: "stdout", line })

const millisOf = (text: string | undefined, otherwise: number): number => {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text ?? "") ?? []
  return amount === undefined ? otherwise : Number(amount) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 1_000)
}

const running = (text: string): ProgramEffect => log(`[INFO] plugin/reload: Running configuration SHA512 = ${hex("corefile", text, 0, 16)}`)

const listen = (servers: ReadonlyArray<ServerBlock>): ReadonlyArray<ProgramEffect> =>
  Servings.ports(servers).map((port): ProgramEffect => ({ _tag: "Listen", port }))

const titles = (servers: ReadonlyArray<ServerBlock>): ReadonlyArray<ProgramEffect> =>
  servers.flatMap(({ keys }) => keys.map(Servings.place)).map(({ port, zone }) => log(`${zone}:${port}`))

/** Queries that would come back to the process: plugin/loop finds them out by one of its own. */
const loops = (servers: ReadonlyArray<ServerBlock>, { podIp }: ProgramContext): boolean => {
  const own = new Set([clusterDns, podIp, "127.0.0.1", "localhost"])
  return (
    Servings.directives(servers, "loop").length > 0 &&
    Servings.directives(servers, "forward").some(({ words }) => words.slice(1).some((to) => own.has(to.split(":")[0] ?? "")))
  )
}

/** It finds out within seconds. */
/** A shorter one is taken for this, as the plugin does. */
const shortestReloadMillis = 2_000
const loopMillis = 2_000

const start = (context: ProgramContext): Step<Serving | null> => {
  const at = context.argv.indexOf("-conf")
  const path = at < 0 ? "/Corefile" : (context.argv[at + 1] ?? "")
  const text = context.file(path)
  const hello = log("maxprocs: Leaving GOMAXPROCS=8: CPU quota undefined")
  const fails = (why: string): Step<null> => ({ state: null, effects: [hello, log(why), { _tag: "Exit", code: 1 }] })
  if (text === undefined && at >= 0) return fails(`open ${path}: no such file or directory`)
  const loaded = Servings.load(path, text ?? "")
  if (Result.isFailure(loaded)) return fails(loaded.failure)
  const servers = loaded.success
  const [reload] = Servings.directives(servers, "reload")
  const every = Math.max(shortestReloadMillis, millisOf(reload?.words[0], 30_000))
  const jitter = Math.min(millisOf(reload?.words[1], 15_000), every / 2)
  const everyMillis = reload === undefined ? 0 : Math.round(every + (context.random() * 2 - 1) * jitter)
  return {
    state: new Serving({ servers, path, text: text ?? "", startedAt: context.now, everyMillis }),
    effects: [
      hello,
      ...titles(servers),
      ...(reload === undefined ? [] : [running(text ?? "")]),
      log("CoreDNS-1.12.1"),
      log("linux/amd64, go1.24.1, 707c7c1"),
      ...listen(servers),
      ...(reload === undefined ? [] : [{ _tag: "Watch", path, timer: "changed" } as const]),
      ...(loops(servers, context) ? [{ _tag: "Timer", name: "loop", afterMillis: loopMillis } as const] : [])
    ]
  }
}

const reload = (state: Serving, { file }: ProgramContext): Step<Serving> => {
  const text = file(state.path)
  if (text === undefined || text === state.text) return { state, effects: [] }
  const loaded = Servings.load(state.path, text)
  if (Result.isFailure(loaded)) {
    // the same text isn't tried twice
    return {
      state: state.reloaded(text),
      effects: [
        log("[INFO] Reloading"),
        log(`[ERROR] Restart failed: ${loaded.failure}`),
        log(`[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: ${loaded.failure}`)
      ]
    }
  }
  const servers = loaded.success
  return {
    state: state.reloaded(text, servers),
    effects: [log("[INFO] Reloading"), running(text), log("[INFO] Reloading complete"), ...listen(servers)]
  }
}

const timer = (state: Serving, name: string, context: ProgramContext): Step<Serving> => {
  switch (name) {
    case "changed": {
      const next = state.everyMillis - ((context.now - state.startedAt) % state.everyMillis)
      return { state, effects: [{ _tag: "Timer", name: "reload", afterMillis: next }] }
    }
    case "reload":
      return reload(state, context)
    case "loop":
      return {
        state,
        effects: [
          log(
            `[FATAL] plugin/loop: Loop (${context.podIp}:${32_768 + Math.floor(context.random() * 28_232)} -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${Math.floor(context.random() * 1e16)}.${Math.floor(context.random() * 1e16)}."`
          ),
          { _tag: "Exit", code: 1 }
        ]
      }
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
