/**
 * The commands that bring a node from how its interfaces are to how they should be. All state is the kernel's: the interface that a pod's
 * packets come in by bears, as its alias, a sum of what leads away from it, written last; interfaces of ours are known by their names. Pure.
 */
import { hashOf } from "@aiopslab/simulator/traffic/Hash"
import * as Schema from "effect/Schema"
import { type Command, type Impairing, type Leg, words } from "./Impairing.ts"
import { type Disturbance, lossOf, type Sender, type Way } from "./Ways.ts"

const Link = Schema.Struct({
  ifindex: Schema.Int,
  ifname: Schema.String,
  mtu: Schema.Int,
  address: Schema.optionalKey(Schema.String),
  ifalias: Schema.optionalKey(Schema.String),
  linkinfo: Schema.optionalKey(Schema.Struct({ info_kind: Schema.optionalKey(Schema.String) }))
})
type Link = typeof Link.Type

const Route = Schema.Struct({ dst: Schema.String, dev: Schema.optionalKey(Schema.String) })

/** What tells of a node's interfaces, as JSON. */
export const questions = {
  links: words("ip -json -details link show"),
  routes: words("ip -json route show")
}

export const decodeLinks = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Link)))
export const decodeRoutes = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Route)))

export interface Interfaces {
  readonly links: ReadonlyArray<Link>
  readonly routes: ReadonlyArray<typeof Route.Type>
}

const mark = "aiopslab"
/** Between the first command and the last. */
const unfinished = `${mark} unfinished`

/** Packets that come in by this interface go through these legs. */
interface Attachment {
  readonly link: Link
  readonly ways: ReadonlyArray<Way & { readonly leg: Leg }>
  readonly legs: ReadonlyArray<Leg>
  readonly alias: string
}

const nameOf = (ifindex: number, i: number): string => `aiop${ifindex}-${i}`
const ourName = /^aiop(\d+)-\d+$/u

const keyOf = (effects: ReadonlyArray<Disturbance>): string => JSON.stringify(effects)

/** One leg for all ways with the same effects. */
const attachmentOf = (link: Link, { ways }: Sender, driver: Impairing): Attachment => {
  const legs = new Map<string, Leg>()
  for (const { effects } of ways) {
    const key = keyOf(effects)
    if (legs.has(key)) continue
    const i = legs.size
    const network = ((link.ifindex & 0xffff) << 8) | i
    legs.set(key, { name: nameOf(link.ifindex, i), network, mac: link.address ?? "", mtu: link.mtu, effects })
  }
  const sum = hashOf(JSON.stringify([driver.name, ways.map(({ effects, to }) => [to, effects])]))
  return {
    link,
    legs: [...legs.values()],
    ways: ways.flatMap((way) => {
      const leg = legs.get(keyOf(way.effects))
      return leg === undefined ? [] : [{ ...way, leg }]
    }),
    alias: `${mark} ${sum.toString(16)}`
  }
}

/** IPv4 without options. A connection's opening is let pass where anything does: programs hold theirs open, stand-ins open one for each request. */
const flows: ReadonlyArray<string> = [
  "match ip protocol 6 0xff match u8 0x05 0x0f at 0 match u8 0 0x02 at 33",
  "match ip protocol 17 0xff",
  "match ip protocol 1 0xff"
]
const everything: ReadonlyArray<string> = ["match u32 0 0"]

const filters = (device: string, { effects, leg, to }: Attachment["ways"][number]): ReadonlyArray<Command> =>
  (lossOf(effects) >= 1 ? everything : flows).map((flow) => {
    const which = to === undefined ? flow : `match ip dst ${to}/32 ${flow}`
    const pref = to === undefined ? 2 : 1
    return words(`tc filter add dev ${device} ingress pref ${pref} protocol ip u32 ${which} action mirred egress redirect dev ${leg.name}`)
  })

const named = (device: string, alias: string): Command => ["ip", "link", "set", "dev", device, "alias", alias]
const remade = (device: string): Command => words(`tc qdisc replace dev ${device} clsact`)

const build = ({ alias, legs, link: { ifname }, ways }: Attachment, driver: Impairing): ReadonlyArray<Command> => [
  named(ifname, unfinished),
  ...legs.flatMap(driver.make),
  remade(ifname),
  ...ways.flatMap((way) => filters(ifname, way)),
  named(ifname, alias)
]

/** Whether or not it was finished. */
const demolish = ({ ifname }: Link): ReadonlyArray<Command> => [
  remade(ifname),
  words(`tc qdisc delete dev ${ifname} clsact`),
  named(ifname, "")
]

export interface Change {
  readonly commands: ReadonlyArray<Command>
  /** Who meets what, by VXLAN's number. */
  readonly legs: ReadonlyMap<number, ReadonlyArray<Disturbance>>
  /** Addresses of pods whose packets don't come in by an interface of their own. */
  readonly unreachable: ReadonlyArray<string>
}

const linkOf = ({ links, routes }: Interfaces, address: string): Link | undefined => {
  const device = routes.find(({ dst }) => dst === address)?.dev
  return links.find(({ ifname, linkinfo }) => ifname === device && linkinfo?.info_kind === "veth")
}

export const change = (found: Interfaces, senders: ReadonlyArray<Sender>, driver: Impairing): Change => {
  const wanted = senders.flatMap((sender) => {
    const link = linkOf(found, sender.address)
    return link === undefined ? [] : [attachmentOf(link, sender, driver)]
  })
  const stands = ({ alias, link }: Attachment): boolean => link.ifalias === alias
  const standing = new Set(wanted.filter(stands).map(({ link }) => link.ifindex))
  const going = found.links.filter(({ ifalias = "", ifindex }) => ifalias.startsWith(mark) && !standing.has(ifindex))
  const idle = found.links.filter(({ ifname }) => {
    const of = ourName.exec(ifname)?.[1]
    return of !== undefined && !standing.has(Number(of))
  })
  return {
    commands: [
      ...going.flatMap(demolish),
      ...idle.map(({ ifname }) => words(`ip link delete ${ifname}`)),
      ...wanted.filter((one) => !stands(one)).flatMap((one) => build(one, driver))
    ],
    legs: new Map(wanted.flatMap(({ legs }) => legs.map(({ effects, network }) => [network, effects] as const))),
    unreachable: senders.map(({ address }) => address).filter((address) => linkOf(found, address) === undefined)
  }
}
