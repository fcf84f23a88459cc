import { labError } from "@aiopslab/core/LabError"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { judge } from "../src/doctor/Diagnose.ts"
import type { Facts } from "../src/doctor/Facts.ts"

/** What this repository's first machine said, with the parts of `docker info` that are read. */
const info = {
  ServerVersion: "20.10.24+dfsg1",
  CgroupVersion: "1",
  KernelVersion: "6.18.44",
  OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
  DockerRootDir: "/var/lib/docker",
  NCPU: 2,
  MemTotal: 25_276_510_208
}

const recorded: Facts = {
  docker: Result.succeed(JSON.stringify({ ID: "6I3Q", ...info })),
  kind: Result.succeed("kind v0.30.0 go1.24.6 linux/amd64\n"),
  kubectl: Result.succeed("Client Version: v1.34.4\nKustomize Version: v5.7.1\n"),
  disk: Result.succeed(
    "Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/vda         264212084 26289700  69211564      28% /var/lib/docker\n"
  ),
  kernel: {
    release: "6.18.44",
    memory: "MemTotal:       24684092 kB\nMemFree:        14680064 kB\nMemAvailable:   22020096 kB\n",
    inotifyWatches: "1048576\n",
    inotifyInstances: "8192\n",
    portRange: "32768\t60999\n",
    sockets:
      "  sl  local_address rem_address   st tx_queue rx_queue\n   0: 0100007F:892D 00000000:0000 0A 00000000:00000000\n   1: 0100007F:0016 00000000:0000 0A 00000000:00000000\n   2: 0100007F:892E 0100007F:0016 01 00000000:00000000\n",
    config:
      "CONFIG_BPF_SYSCALL=y\nCONFIG_NETFILTER_XT_MATCH_STATISTIC=y\nCONFIG_NET_SCH_INGRESS=y\nCONFIG_NET_CLS_U32=y\nCONFIG_NET_ACT_MIRRED=y\nCONFIG_VXLAN=y\nCONFIG_IFB=y\n# CONFIG_NET_SCH_NETEM is not set\nCONFIG_DEBUG_INFO_BTF=y\n",
    types: "there"
  }
}

const gone = (program: string) => Result.fail(labError("CLUSTER_PROGRAM_MISSING", { program }))
const withDocker = (change: Partial<typeof info>): Facts => ({
  ...recorded,
  docker: Result.succeed(JSON.stringify({ ...info, ...change }))
})
const withKernel = (change: Partial<Facts["kernel"]>): Facts => ({ ...recorded, kernel: { ...recorded.kernel, ...change } })

const said = (facts: Facts, name: string, nodes = 2) => {
  const found = judge(facts, nodes).findings.find((finding) => finding.name === name)
  return found === undefined ? undefined : [found.status, found.found]
}

describe("the doctor", () => {
  it("tells all there is on a machine with everything but netem", () => {
    const { clusters, findings } = judge(recorded, 2)
    assert.deepStrictEqual(
      findings.map(({ found, name, status }) => [status, name, found]),
      [
        ["ok", "docker", "20.10.24+dfsg1, Debian GNU/Linux 12 (bookworm)"],
        ["ok", "kind", "v0.30.0"],
        ["ok", "kubectl", "v1.34.4"],
        ["warn", "cgroups", "version 1"],
        ["ok", "inotify watches", "1048576"],
        ["ok", "inotify instances", "8192"],
        ["ok", "memory", "21.0 GiB free"],
        ["ok", "cores", "2"],
        ["ok", "disk", "66.0 GiB free"],
        ["ok", "ports", "28231 free"],
        ["warn", "netem", "not in this kernel"],
        ["ok", "iptables statistic", "built in"],
        ["ok", "network faults", "by a relay, which VXLAN carries packets to"],
        ["ok", "eBPF", "with the kernel's types"]
      ]
    )
    assert.isTrue(findings.every(({ advice, status }) => status === "ok" || advice !== ""))
    assert.strictEqual(clusters, 2)
  })

  it("counts clusters by cores, memory and disk, and by their nodes", () => {
    const large = { ...withDocker({ NCPU: 64 }), kernel: withKernel({ memory: "MemAvailable:   22020096 kB\n" }).kernel }
    assert.strictEqual(judge(large, 2).clusters, 9)
    assert.strictEqual(judge(large, 4).clusters, 4)
    const full = { ...large, disk: Result.succeed("Filesystem\n/dev/vda 100 100 6291456 50% /\n") }
    assert.strictEqual(judge(full, 2).clusters, 3)
  })

  it.each([
    ["docker", { ...recorded, docker: gone("docker") }],
    ["docker", withDocker({ ServerVersion: "" })],
    ["docker", { ...recorded, docker: Result.succeed("not JSON") }],
    ["kind", { ...recorded, kind: gone("kind") }],
    ["memory", withKernel({ memory: "MemAvailable: 500000 kB\n" })],
    ["disk", { ...recorded, disk: Result.succeed("Filesystem\n/dev/vda 100 100 1000 50% /\n") }]
  ] as const)("without %s there is no cluster, and it says what to do", (name, facts) => {
    const { clusters, findings } = judge(facts, 2)
    const missing = findings.filter(({ status }) => status === "missing")
    assert.deepStrictEqual([clusters, missing.map((finding) => finding.name)], [0, [name]])
    assert.isTrue(missing.every(({ advice }) => advice !== ""))
  })

  it.each([
    ["kubectl", { ...recorded, kubectl: gone("kubectl") }, ["warn", "kubectl is not on the PATH."]],
    ["inotify watches", withKernel({ inotifyWatches: "8192" }), ["warn", "8192"]],
    ["inotify instances", withKernel({ inotifyInstances: undefined }), ["warn", "cannot be told"]],
    ["cgroups", withDocker({ CgroupVersion: "2" }), ["ok", "version 2"]],
    ["netem", withKernel({ config: "CONFIG_NET_SCH_NETEM=m\n" }), ["ok", "a module, loaded when it is used"]],
    ["netem", withKernel({ config: undefined }), ["warn", "cannot be told: the kernel does not show how it was built"]],
    ["network faults", withKernel({ config: `${recorded.kernel.config}CONFIG_NET_SCH_NETEM=m\n` }), ["ok", "by netem"]],
    [
      "network faults",
      withKernel({ config: "CONFIG_NET_SCH_INGRESS=y\nCONFIG_NET_SCH_NETEM=m\n" }),
      ["warn", "the kernel has no CONFIG_NET_CLS_U32, CONFIG_NET_ACT_MIRRED, CONFIG_VXLAN"]
    ],
    ["network faults", withKernel({ config: undefined }), ["warn", "cannot be told: the kernel does not show how it was built"]],
    ["eBPF", withKernel({ types: "absent" }), ["warn", "without the kernel's types"]],
    ["cores", withDocker({ NCPU: 1 }), ["warn", "1"]],
    ["ports", withKernel({ portRange: "40000 40050" }), ["warn", "51 free"]],
    ["ports", withKernel({ portRange: "none" }), ["warn", "cannot be told"]]
  ] as const)("%s", (name, facts, expected) => {
    assert.deepStrictEqual(said(facts, name), [...expected])
  })

  it("where Docker runs on another machine's kernel, goes by what that one says", () => {
    const desktop = withDocker({ KernelVersion: "6.10.14-linuxkit", MemTotal: 8 * 1024 ** 3 })
    assert.deepStrictEqual(said(desktop, "memory"), ["ok", "8.0 GiB free"])
    assert.deepStrictEqual(said(desktop, "disk"), ["warn", "cannot be told"])
    assert.deepStrictEqual(said(desktop, "netem")?.[0], "warn")
  })
})
