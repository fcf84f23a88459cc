/** Commands in a container that find out addresses: in its hosts file and in the cluster's DNS. */
import type { Command, Result } from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import * as HostsFile from "../dns/HostsFile.ts"
import { bits } from "../Draw.ts"
import * as Network from "../Network.ts"
import type { World } from "../World.ts"
import type { Cell } from "./Cell.ts"
import { said, wrong } from "./Said.ts"

const noServers = [";; connection timed out; no servers could be reached", ""] as const

type Found = ReturnType<typeof Network.asked>

/** Asks the name server for a name, for as long as that takes. */
const asking = (world: World, container: Container, host: string, answer: (found: Found) => Result): Effect.Effect<Result> => {
  const { fate, lateMillis } = Network.question(world, container, () => bits(world.seed, `look-up ${container.key}`, world.now))
  const result = Effect.succeed(answer(fate === "lost" ? "timeout" : Network.asked(world, container, host)))
  return lateMillis === 0 ? result : Effect.delay(result, lateMillis)
}

/** A command that sees the container as it is when the command runs: its script may have written the files of names. */
const present =
  (run: (world: World, container: Container, argv: ReadonlyArray<string>) => Effect.Effect<Result>) =>
  (cell: Cell, container: Container): Command =>
  ({ argv }) =>
    Effect.flatMap(cell.present, (world) => run(world, world.containers.get(container.key) ?? container, argv))

export const nslookup = present((world, container, argv) => {
  const host = argv.find((word) => !word.startsWith("-"))
  if (host === undefined) return Effect.succeed(wrong("Usage: nslookup HOST"))
  return asking(world, container, host, (found) => {
    const { nameserver } = Network.settingOf(world, container)
    const server = container.behaviour?.shell === "bash" ? `${nameserver}#53` : `${nameserver}:53`
    if (found === "refused") {
      return { ...said([...noServers], 1), stderr: `nslookup: write to '${nameserver}': Connection refused\n` }
    }
    if (found === "timeout") return said([...noServers], 1)
    const head = [`Server:\t\t${nameserver}`, `Address:\t${server}`, ""]
    return typeof found === "string"
      ? said([...head, `** server can't find ${host}: ${found === "no such host" ? "NXDOMAIN" : "SERVFAIL"}`, ""], 1)
      : said([...head, ...found.addresses.flatMap((address) => [`Name:\t${found.name}`, `Address: ${address}`]), ""])
  })
})

const column = (address: string): string => address.padEnd(15)

/** Lines of `getent hosts`: an address with its names. */
const named = ({ address, names }: HostsFile.Entry): string => `${column(address)} ${names.join(" ")}`

/** Lines of `getent ahosts`: an address for each kind of socket, the first with the name in full. */
const sockets = (entries: ReadonlyArray<HostsFile.Entry>): ReadonlyArray<string> =>
  entries.flatMap(({ address, names: [name = ""] }, i) =>
    ["STREAM", "DGRAM ", "RAW   "].map((kind, j) => `${column(address)} ${kind} ${i === 0 && j === 0 ? name : ""}`)
  )

/** glibc without a name goes through the file for IPv4, in which the loopback address of IPv6 is that of IPv4. */
const everyHost = (entries: ReadonlyArray<HostsFile.Entry>): ReadonlyArray<string> =>
  entries
    .map((entry) => (entry.address === "::1" ? { ...entry, address: "127.0.0.1" } : entry))
    .filter(HostsFile.isIPv4)
    .map(named)

/** Of the databases there is the one of hosts: the container's hosts file, then the cluster's names. IPv6 comes first. */
export const getent = present((world, container, [database = "", host]) => {
  if (database !== "hosts" && database !== "ahosts") {
    return Effect.succeed(wrong(`Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.`))
  }
  const written = Network.hostsOf(world, container)
  if (host === undefined) return Effect.succeed(said(everyHost(written)))
  const found = [...HostsFile.entriesOf(written, host.toLowerCase()), ...written.filter(({ address }) => address === host)]
  const v4 = found.filter(HostsFile.isIPv4)
  const v6 = found.filter((entry) => !HostsFile.isIPv4(entry))
  if (database === "ahosts" && found.length > 0) return Effect.succeed(said(sockets([...v6, ...v4])))
  if (found.length > 0) return Effect.succeed(said((v6.length > 0 ? v6 : v4).map(named)))
  return asking(world, container, host, (answer) => {
    if (typeof answer === "string") return said([], 2)
    const entries = answer.addresses.map((address) => ({ address, names: [answer.name] }))
    return said(database === "ahosts" ? sockets(entries) : entries.map(named))
  })
})
