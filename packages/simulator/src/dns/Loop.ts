/** plugin/loop: asks its own process for a name that nobody knows, and finds out whether the question comes back. */
import type { ProgramContext } from "@aiopslab/core/Behaviour"
import { clusterDns } from "../kubelet/Names.ts"
import { isWithin } from "./Answer.ts"
import type { ServerBlock } from "./Corefile.ts"
import { full, place } from "./Place.ts"

const addressesOf = (to: string, { file }: ProgramContext): ReadonlyArray<string> =>
  to.startsWith("/")
    ? (file(to) ?? "").split("\n").flatMap((line) => {
        const [keyword, address] = line.trim().split(/\s+/u)
        return keyword === "nameserver" && address !== undefined ? [address] : []
      })
    : [to]

/** Whether questions that are sent there come back to the process. */
const isOwn = (to: string, servers: ReadonlyArray<ServerBlock>, { podIp }: ProgramContext): boolean => {
  const [, host = "", port = "53"] = /^(?:dns:\/\/)?([^:]*)(?::(\d+))?$/u.exec(to) ?? []
  if (!new Set([clusterDns, podIp, "127.0.0.1", "localhost"]).has(host)) return false
  return servers.some(({ keys }) => keys.some((key) => place(key).port === Number(port)))
}

/** The zone, with its dot, of the first server block that finds a loop. */
export const zoneOf = (servers: ReadonlyArray<ServerBlock>, context: ProgramContext): string | undefined => {
  for (const { directives, keys } of servers) {
    const { zone } = place(keys[0] ?? ".")
    const question = zone === "." ? "1.2" : `1.2.${zone}`
    const sent = directives.filter(
      ({ block, name, words: [from = "."] }) =>
        name === "forward" &&
        isWithin(question, from) &&
        !block.some(({ words: [word, ...zones] }) => word === "except" && zones.some((one) => isWithin(question, one)))
    )
    const isBack = sent.some(({ words }) =>
      words.slice(1).some((to) => addressesOf(to, context).some((one) => isOwn(one, servers, context)))
    )
    if (isBack && directives.some(({ name }) => name === "loop")) return full(zone)
  }
  return undefined
}
