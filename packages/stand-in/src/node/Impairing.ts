/**
 * The two ways to impair packets that were led into an interface of ours: the kernel's netem, or the agent's own relay, to which a tunnel
 * of VXLAN carries them and from which they come back the same way. Pure: commands of the node.
 */
import { type Disturbance, lossOf } from "./Ways.ts"

export type Command = ReadonlyArray<string>

/** Of a command, or of its part, in which no word has a space. */
export const words = (text: string): Command => text.split(" ")

/** An interface through which impaired packets go, and back into the node. */
export interface Leg {
  readonly name: string
  /** Of VXLAN: 24 bits. */
  readonly network: number
  /** What the interface that the packets were led away from has. */
  readonly mac: string
  readonly mtu: number
  readonly effects: ReadonlyArray<Disturbance>
}

export interface Impairing {
  readonly name: "netem" | "relay"
  readonly make: (leg: Leg) => ReadonlyArray<Command>
}

/** The tunnels end in the kernel here. */
export const tunnelPort = 47_890
/** The relay listens here. The kernel short-circuits a tunnel to an address of its own, but for a broadcast. */
export const relay = { host: "127.255.255.255", port: 47_891 } as const

/** Packets that wait: ten seconds of what a pod sends. */
const queue = 100_000

const percent = (share: number): string => `${Number((100 * share).toFixed(4))}%`

/** Delays of several add up; the strongest correlation is that of all. */
const netemOf = (effects: ReadonlyArray<Disturbance>): Command => {
  const delays = effects.filter((effect) => effect._tag === "Delay")
  const sum = (of: (delay: (typeof delays)[number]) => number) => delays.reduce((all, delay) => all + of(delay), 0)
  const jitter = sum(({ jitterMillis }) => jitterMillis)
  const correlation = Math.max(0, ...delays.map((delay) => delay.correlation))
  const loss = lossOf(effects)
  return [
    ...(delays.length === 0 ? [] : ["delay", `${sum(({ latencyMillis }) => latencyMillis)}ms`]),
    ...(jitter === 0 ? [] : [`${jitter}ms`, `${correlation}%`]),
    ...(loss === 0 ? [] : ["loss", percent(loss)])
  ]
}

export const netem: Impairing = {
  name: "netem",
  make: ({ effects, name }) => [
    words(`ip link add ${name} type ifb`),
    [...words(`tc qdisc add dev ${name} root netem limit ${queue}`), ...netemOf(effects)],
    words(`ip link set ${name} up`)
  ]
}

/** Of no meaning but that the kernel takes no packets of others on an interface without one. */
const address = "169.254.47.89/32"

export const relaying: Impairing = {
  name: "relay",
  make: ({ mac, mtu, name, network }) => [
    words(`ip link add ${name} address ${mac} mtu ${mtu} type vxlan id ${network} local 127.0.0.1 dstport ${tunnelPort} nolearning`),
    // packets leave the kernel whole: none that a device was still to split or to sum up
    words(`ethtool -K ${name} tx off tso off gso off`),
    words(`bridge fdb append 00:00:00:00:00:00 dev ${name} dst ${relay.host} port ${relay.port}`),
    // the way back to the pod leads through another interface
    words(`sysctl -qw net.ipv4.conf.${name}.rp_filter=2`),
    words(`ip address add ${address} dev ${name}`),
    words(`ip link set ${name} up`)
  ]
}

/** Ends well where the kernel has netem, and the packets can be led to it. */
export const probe = {
  begin: words("ip link add aiop-probe type ifb"),
  use: words("tc qdisc add dev aiop-probe root netem delay 1ms"),
  end: words("ip link delete aiop-probe")
}
