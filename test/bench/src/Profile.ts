/** Where the time of a V8 CPU profile went. */
import type { Profiler } from "node:inspector"

export interface Share {
  readonly name: string
  /** Of all sampled time but idle, 0 to 1. */
  readonly share: number
}

export interface Summary {
  /** Sampled milliseconds in which something ran, the profiler itself left out. */
  readonly busyMillis: number
  /** Self time by package, plugin, dependency, or the engine's own work. */
  readonly areas: ReadonlyArray<Share>
  /** Self time by function. */
  readonly functions: ReadonlyArray<Share>
  /** Time in a function and all that it called. */
  readonly inclusive: ReadonlyArray<Share>
}

const engine: ReadonlySet<string> = new Set(["(garbage collector)", "(program)"])

const areaOf = ({ functionName, url }: Profiler.ProfileNode["callFrame"]): string => {
  if (engine.has(functionName)) return functionName
  const path = url.replace(/^file:\/\//u, "")
  const modules = path.lastIndexOf("/node_modules/")
  if (modules >= 0)
    return path
      .slice(modules + "/node_modules/".length)
      .split("/")
      .slice(0, path.includes("/node_modules/@") ? 2 : 1)
      .join("/")
  const own = /\/((?:packages|plugins|apps|test)\/[^/]+)\//u.exec(path)
  if (own?.[1] !== undefined) return own[1]
  return path.startsWith("node:") ? "node" : path.startsWith("wasm:") ? "wasm" : "(native)"
}

const nameOf = ({ functionName, lineNumber, url }: Profiler.ProfileNode["callFrame"]): string => {
  const file = url.replace(/^.*\/(?:node_modules|main)\//u, "").replace(/^file:\/\//u, "")
  return `${functionName === "" ? "(anonymous)" : functionName} ${file === "" ? "" : `${file}:${lineNumber + 1}`}`.trim()
}

const sorted = (times: ReadonlyMap<string, number>, whole: number): ReadonlyArray<Share> =>
  Array.from(times, ([name, time]) => ({ name, share: time / whole })).sort((a, b) => b.share - a.share)

/** `fromShare` leaves out the beginning of the profile, as a share of its samples. */
export const summary = (profile: Profiler.Profile, fromShare = 0): Summary => {
  const { nodes, samples = [], timeDeltas = [] } = profile
  const self = new Map<number, number>()
  for (let i = Math.floor(samples.length * fromShare); i < samples.length; i++) {
    const id = samples[i] ?? 0
    self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0))
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const areas = new Map<string, number>()
  const functions = new Map<string, number>()
  const inclusive = new Map<string, number>()
  const add = (to: Map<string, number>, key: string, time: number) => to.set(key, (to.get(key) ?? 0) + time)
  let busy = 0

  const visit = (id: number, open: ReadonlySet<string>): number => {
    const node = byId.get(id)
    if (node === undefined) return 0
    const { callFrame } = node
    const name = nameOf(callFrame)
    const own = callFrame.functionName === "(idle)" || callFrame.url === "node:inspector" ? 0 : (self.get(id) ?? 0)
    busy += own
    if (own > 0) {
      add(areas, areaOf(callFrame), own)
      add(functions, name, own)
    }
    const inner = open.has(name) ? open : new Set([...open, name])
    let total = own
    for (const child of node.children ?? []) total += visit(child, inner)
    if (!open.has(name)) add(inclusive, name, total)
    return total
  }
  const root = nodes[0]
  if (root !== undefined) visit(root.id, new Set())
  return { busyMillis: busy / 1000, areas: sorted(areas, busy), functions: sorted(functions, busy), inclusive: sorted(inclusive, busy) }
}
