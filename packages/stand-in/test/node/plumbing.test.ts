import { assert, describe, it } from "@effect/vitest"
import { type Impairing, netem, relaying } from "../../src/node/Impairing.ts"
import { change, type Interfaces } from "../../src/node/Plumbing.ts"
import { type Disturbance, type Sender, sendersOf } from "../../src/node/Ways.ts"

const late = (latencyMillis: number, jitterMillis = 0, correlation = 0): Disturbance => ({
  _tag: "Delay",
  latencyMillis,
  jitterMillis,
  correlation
})
const lossy = (percent: number): Disturbance => ({ _tag: "Loss", percent })
const cut: Disturbance = { _tag: "Partition" }

/** Of a node with two pods; `alias` is what the first one's interface bears. */
const node = (alias?: string, ...others: ReadonlyArray<string>): Interfaces => ({
  links: [
    { ifindex: 1, ifname: "lo", mtu: 65536 },
    {
      ifindex: 2,
      ifname: "veth2",
      mtu: 1500,
      address: "02:00:00:00:00:02",
      linkinfo: { info_kind: "veth" },
      ...(alias && { ifalias: alias })
    },
    { ifindex: 3, ifname: "veth3", mtu: 1500, address: "02:00:00:00:00:03", linkinfo: { info_kind: "veth" } },
    ...others.map((ifname, i) => ({ ifindex: 10 + i, ifname, mtu: 1500 }))
  ],
  routes: [
    { dst: "default", dev: "eth0" },
    { dst: "10.244.1.2", dev: "veth2" },
    { dst: "10.244.1.3", dev: "veth3" },
    { dst: "10.244.1.4", dev: "cni0" }
  ]
})

const to = (peer: string | undefined, ...effects: ReadonlyArray<Disturbance>) => ({ to: peer, effects })
const sender = (...ways: Sender["ways"]): Sender => ({ address: "10.244.1.2", ways })

const told = (found: Interfaces, senders: ReadonlyArray<Sender>, driver: Impairing = relaying): ReadonlyArray<string> =>
  change(found, senders, driver).commands.map((command) => command.join(" "))

const aliasOf = (commands: ReadonlyArray<string>): string => commands.at(-1)?.split(" alias ")[1] ?? ""

describe("the ways of packets", () => {
  const [a, b, c] = ["10.244.1.2", "10.244.1.3", "10.96.0.9"] as const

  it("lead to everybody, or to some peers, who meet what everybody meets as well", () => {
    assert.deepStrictEqual(
      sendersOf([
        { effect: late(5), from: [a], to: undefined },
        { effect: lossy(50), from: [b, a], to: [c, b] }
      ]),
      [
        { address: a, ways: [to(b, late(5), lossy(50)), to(c, late(5), lossy(50)), to(undefined, late(5))] },
        { address: b, ways: [to(c, lossy(50))] }
      ]
    )
  })

  it("are none where nobody is there, on either side, and none to oneself", () => {
    assert.deepStrictEqual(sendersOf([{ effect: cut, from: [], to: undefined }]), [])
    assert.deepStrictEqual(sendersOf([{ effect: cut, from: [a], to: [] }]), [])
    assert.deepStrictEqual(sendersOf([{ effect: cut, from: [a], to: [a] }]), [])
  })
})

describe("the commands of a node", () => {
  it("lead a pod's packets to the relay and back, but for those that open connections", () => {
    const commands = told(node(), [sender(to(undefined, late(10_000)))])
    const match = "match ip protocol 6 0xff match u8 0x05 0x0f at 0 match u8 0 0x02 at 33"
    const add = "tc filter add dev veth2 ingress pref 2 protocol ip u32"
    const action = "action mirred egress redirect dev aiop2-0"
    assert.deepStrictEqual(commands.slice(0, -1), [
      "ip link set dev veth2 alias aiopslab unfinished",
      "ip link add aiop2-0 address 02:00:00:00:00:02 mtu 1500 type vxlan id 512 local 127.0.0.1 dstport 47890 nolearning",
      "ethtool -K aiop2-0 tx off tso off gso off",
      "bridge fdb append 00:00:00:00:00:00 dev aiop2-0 dst 127.255.255.255 port 47891",
      "sysctl -qw net.ipv4.conf.aiop2-0.rp_filter=2",
      "ip address add 169.254.47.89/32 dev aiop2-0",
      "ip link set aiop2-0 up",
      "tc qdisc replace dev veth2 clsact",
      `${add} ${match} ${action}`,
      `${add} match ip protocol 17 0xff ${action}`,
      `${add} match ip protocol 1 0xff ${action}`
    ])
    assert.match(commands.at(-1) ?? "", /^ip link set dev veth2 alias aiopslab [0-9a-f]+$/u)
  })

  it.each([
    [[late(10_000)], "delay 10000ms"],
    [[late(100, 10, 25), lossy(30)], "delay 100ms 10ms 25% loss 30%"],
    [[late(5), late(7, 2), lossy(50), lossy(50)], "delay 12ms 2ms 0% loss 75%"],
    [[lossy(99.5)], "loss 99.5%"],
    [[cut], "loss 100%"]
  ] as const)("of %j give netem its words", (effects, words) => {
    assert.deepStrictEqual(told(node(), [sender(to(undefined, ...effects))], netem).slice(1, 4), [
      "ip link add aiop2-0 type ifb",
      `tc qdisc add dev aiop2-0 root netem limit 100000 ${words}`,
      "ip link set aiop2-0 up"
    ])
  })

  it("look at where packets go first, share legs, and let nothing pass where all is lost", () => {
    const commands = told(node(), [sender(to("10.244.1.3", cut), to("10.96.0.9", cut), to(undefined, lossy(1)))])
    assert.deepStrictEqual(
      commands.filter((command) => command.includes("link add")).map((command) => command.split(" ")[3]),
      ["aiop2-0", "aiop2-1"]
    )
    const dropped = "match u32 0 0 action mirred egress redirect dev aiop2-0"
    assert.deepStrictEqual(commands.filter((command) => command.startsWith("tc filter")).slice(0, 2), [
      `tc filter add dev veth2 ingress pref 1 protocol ip u32 match ip dst 10.244.1.3/32 ${dropped}`,
      `tc filter add dev veth2 ingress pref 1 protocol ip u32 match ip dst 10.96.0.9/32 ${dropped}`
    ])
  })

  const built = told(node(), [sender(to(undefined, late(10)))])
  const standing = node(aliasOf(built), "aiop2-0")
  const demolition = [
    "tc qdisc replace dev veth2 clsact",
    "tc qdisc delete dev veth2 clsact",
    "ip link set dev veth2 alias ",
    "ip link delete aiop2-0"
  ]

  it("are none when everything is as it should be, and undo everything when nothing should be", () => {
    assert.deepStrictEqual(told(standing, [sender(to(undefined, late(10)))]), [])
    assert.deepStrictEqual(told(node(), []), [])
    assert.deepStrictEqual(told(standing, []), demolition)
  })

  it("begin anew where something changed, or somebody did not get to the end", () => {
    const changed = told(standing, [sender(to(undefined, late(11)))])
    assert.deepStrictEqual(changed.slice(0, 4), demolition)
    assert.lengthOf(changed, demolition.length + built.length)
    const again = told(node("aiopslab unfinished", "aiop2-0"), [sender(to(undefined, late(10)))])
    assert.deepStrictEqual(again, [...demolition, ...built])
    assert.notStrictEqual(aliasOf(told(node(), [sender(to(undefined, late(10)))], netem)), aliasOf(built))
  })

  it("remove what pods left behind that are gone, and nobody else's", () => {
    assert.deepStrictEqual(told(node("uplink", "aiop7-0", "flannel.1"), []), ["ip link delete aiop7-0"])
  })

  it("leave out pods that share an interface with others", () => {
    const senders = ["10.244.1.4", "10.244.9.9"].map((address) => ({ address, ways: [to(undefined, cut)] }))
    const { commands, legs, unreachable } = change(node(), senders, relaying)
    assert.deepStrictEqual([commands, legs.size, unreachable], [[], 0, ["10.244.1.4", "10.244.9.9"]])
  })

  it("tell the relay what becomes of whose packets", () => {
    const other = { address: "10.244.1.3", ways: [to(undefined, cut)] }
    const { legs } = change(node(), [sender(to("10.244.1.3", lossy(5)), to(undefined, late(10))), other], relaying)
    assert.deepStrictEqual(
      [...legs],
      [
        [512, [lossy(5)]],
        [513, [late(10)]],
        [768, [cut]]
      ]
    )
  })
})
