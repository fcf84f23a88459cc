import { assert, describe, it } from "@effect/vitest"
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { advance } from "@aiopslab/simulator/Advance"
import { corefile } from "@aiopslab/simulator/dns/Manifests"
import * as Resolver from "@aiopslab/simulator/dns/Resolver"
import * as Files from "@aiopslab/simulator/kubelet/Files"
import * as Network from "@aiopslab/simulator/Network"
import type { World } from "@aiopslab/simulator/World"
import * as Store from "@aiopslab/kubernetes/Store"
import { asDeployment, asPod } from "@aiopslab/simulator/Kinds"
import { create, deployment, patch, remove, start } from "../Scenario.ts"

const seconds = (world: World, count: number): World => advance(world, world.now + count * 1000)

const service = (name: string, spec: KubeObject["spec"]): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec
})

/** A cluster with a service `web` of one pod, and a headless one before the same. */
const withWeb = (): World => {
  let world = create(start("dns"), deployment("web", { container: { ports: [{ containerPort: 8080 }] } }))
  world = create(world, service("web", { clusterIP: "10.96.7.7", selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] }))
  world = create(world, service("alone", { clusterIP: "None", selector: { app: "web" }, ports: [{ port: 8080 }] }))
  world = create(world, service("other", { type: "ExternalName", externalName: "web.default.svc.cluster.local" }))
  return seconds(world, 20)
}

const found = (world: World, host: string, namespace = "default"): string => {
  const answer = Resolver.lookup(world, Resolver.clusterFirst(namespace), host)
  return typeof answer === "string" ? answer : answer.addresses.join()
}

const containerOf = (world: World, name: string) => [...world.containers.values()].find((one) => one.name === name)

const servers = (world: World) => Store.list(world.store, "pods", "kube-system").map(asPod)

const readiness = (world: World) => servers(world).map(({ status }) => status.containerStatuses?.[0]?.ready)

const configured = (world: World, text: string): World => patch(world, "configmaps", "kube-system", "coredns", { data: { Corefile: text } })

/** The processes end and come again: they begin with the file that there is. */
const restarted = (world: World): World => {
  let next = world
  for (const { metadata } of servers(world)) next = remove(next, "pods", "kube-system", metadata.name, { gracePeriodSeconds: 1 })
  return seconds(next, 30)
}

const logs = (world: World): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (const { instance, namespace } of world.containers.values()) {
    for (let line = namespace === "kube-system" ? instance?.log : undefined; line !== undefined; line = line.before) out.push(line.line)
  }
  return out
}

const withLines = (lines: string): string => corefile.replace("    ready\n", `    ready\n${lines}\n`)

describe("the cluster's DNS", () => {
  it("is there from the beginning, ready, on the control plane", () => {
    const world = start("dns")
    assert.deepStrictEqual(readiness(world), [true, true])
    assert.deepStrictEqual(
      servers(world).map(({ spec }) => spec.nodeName),
      ["kind-control-plane", "kind-control-plane"]
    )
    const [coredns] = Store.list(world.store, "deployments.apps", "kube-system").map(asDeployment)
    assert.strictEqual(coredns?.status.readyReplicas, 2)
  })

  it("knows services by each form of their names, and pods by their addresses", () => {
    const world = withWeb()
    const [web] = Store.list(world.store, "pods", "default").map(asPod)
    const ip = web?.status.podIP ?? ""
    for (const host of [
      "web",
      "web.default",
      "web.default.svc",
      "web.default.svc.cluster.local",
      "web.default.svc.cluster.local.",
      "other"
    ])
      assert.strictEqual(found(world, host), "10.96.7.7", host)
    assert.strictEqual(found(world, "web", "kube-system"), "no such host")
    assert.strictEqual(found(world, "alone"), ip)
    assert.strictEqual(found(world, `${ip.replaceAll(".", "-")}.alone`), ip)
    assert.strictEqual(found(world, "1-2-3-4.default.pod"), "1.2.3.4")
    for (const host of ["nope", "web.nope.svc.cluster.local", "a.b.web", "example.com"])
      assert.strictEqual(found(world, host), "no such host", host)
  })

  it("is asked by the pods whose policy says so", () => {
    const pod = (name: string, spec: object): KubeObject => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name, image: "demo:1" }], ...spec }
    })
    let world = withWeb()
    const wanted = {
      usual: {},
      node: { dnsPolicy: "Default" },
      host: { hostNetwork: true },
      both: { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" },
      own: {
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["10.96.0.10"], searches: ["svc.cluster.local"], options: [{ name: "ndots", value: "2" }] }
      },
      aliased: { hostAliases: [{ ip: "10.9.9.9", hostnames: ["web", "WEB.example"] }] },
      more: { dnsConfig: { searches: ["kube-system.svc.cluster.local"], options: [{ name: "ndots", value: "1" }, { name: "edns0" }] } }
    }
    for (const [name, spec] of Object.entries(wanted)) world = create(world, pod(name, spec))
    world = seconds(world, 20)
    const text = (name: string): string | undefined => {
      const container = containerOf(world, name)
      return container === undefined ? undefined : Files.read(world, container, "/etc/resolv.conf")
    }
    const asked = (name: string, host: string): string => {
      const container = containerOf(world, name)
      const answer = container === undefined ? "" : Network.lookup(world, container, host)
      return typeof answer === "string" ? answer : answer.addresses.join()
    }
    assert.strictEqual(text("node"), "nameserver 172.18.0.1\noptions ndots:0\n")
    assert.strictEqual(text("host"), text("node"))
    assert.strictEqual(
      text("usual"),
      "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
    )
    assert.strictEqual(text("both"), text("usual"))
    assert.strictEqual(text("own"), "search svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:2\n")
    assert.strictEqual(
      text("more"),
      "search default.svc.cluster.local svc.cluster.local cluster.local kube-system.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:1 edns0\n"
    )
    assert.deepStrictEqual(
      Object.keys(wanted).map((name) => asked(name, "web")),
      ["10.96.7.7", "no such host", "no such host", "10.96.7.7", "no such host", "10.9.9.9", "10.96.7.7"]
    )
    assert.strictEqual(asked("own", "web.default"), "10.96.7.7")
    assert.strictEqual(asked("aliased", "web.example"), "10.9.9.9")
    const aliased = containerOf(world, "aliased")
    assert.deepStrictEqual(aliased === undefined ? undefined : Network.reach(world, aliased, "web", 80), {
      _tag: "Failure",
      failure: Network.timedOut("10.9.9.9", 80)
    })
    assert.strictEqual(asked("more", "kube-dns"), "10.96.0.10")
  })

  it("without a server answers nobody", () => {
    const world = seconds(patch(withWeb(), "deployments.apps", "kube-system", "coredns", { spec: { replicas: 0 } }), 10)
    assert.strictEqual(found(world, "web"), "refused")
    const web = containerOf(world, "web")
    const reached = web === undefined ? undefined : Network.reach(world, web, "web", 80)
    assert.deepStrictEqual(reached, {
      _tag: "Failure",
      failure: {
        _tag: "failure",
        failure: "no-such-host",
        message: `dial tcp: lookup web on 10.96.0.10:53: read udp ${web?.podIp}:40404->10.96.0.10:53: read: connection refused`
      }
    })
    const back = seconds(patch(world, "deployments.apps", "kube-system", "coredns", { spec: { replicas: 2 } }), 20)
    assert.strictEqual(found(back, "web"), "10.96.7.7")
  })

  it("does as its Corefile says", () => {
    const answers = (lines: string): string => found(restarted(configured(withWeb(), withLines(lines))), "web")
    const full = "web.default.svc.cluster.local"
    assert.strictEqual(answers(`template ANY ANY ${full} {\n rcode NXDOMAIN\n}`), "no such host")
    assert.strictEqual(answers(`template IN A ${full} {\n answer "{{ .Name }} 60 IN A 10.9.9.9"\n}`), "10.9.9.9")
    assert.strictEqual(answers(`template IN A ${full} {\n rcode SERVFAIL\n}`), "no such host")
    assert.strictEqual(answers(`template IN AAAA ${full} {\n rcode NXDOMAIN\n}`), "10.96.7.7")
    assert.strictEqual(answers(`template ANY ANY {\n match ^nope\\.\n fallthrough\n rcode NXDOMAIN\n}`), "10.96.7.7")
    assert.strictEqual(answers(`hosts {\n 1.2.3.4 ${full}\n fallthrough\n}`), "1.2.3.4")
    assert.strictEqual(answers(`hosts {\n 1.2.3.4 ${full}.\n fallthrough\n}`), "1.2.3.4")
    assert.strictEqual(answers(`rewrite name ${full} kube-dns.kube-system.svc.cluster.local`), "10.96.0.10")
    assert.strictEqual(
      answers(`rewrite name regex (.*)\\.default\\.svc\\.cluster\\.local nope-{1}.default.svc.cluster.local`),
      "no such host"
    )
    assert.strictEqual(answers(`rewrite name suffix .default.svc.cluster.local .kube-system.svc.cluster.local`), "no such host")
    assert.strictEqual(answers(`rewrite name prefix we we`), "10.96.7.7")
    assert.strictEqual(answers(`rewrite name suffix . .`), "10.96.7.7")
    // each line doubles the name
    assert.strictEqual(answers(Array.from({ length: 40 }, () => "rewrite continue name regex (.*) {1}{1}").join("\n")), "no such host")
  })

  it("knows nothing of the cluster without its zone, and misbehaves with nobody to ask on", () => {
    const zone = /    kubernetes [^}]*\}\n/u
    assert.strictEqual(found(restarted(configured(withWeb(), corefile.replace(zone, ""))), "web"), "no such host")
    assert.strictEqual(
      found(restarted(configured(withWeb(), corefile.replace("kubernetes cluster.local", "kubernetes cluster.loc"))), "web"),
      "no such host"
    )
    const lost = corefile.replace(zone, "").replace(/    forward [^}]*\}\n/u, "")
    assert.strictEqual(found(restarted(configured(withWeb(), lost)), "web"), "server misbehaving")
    assert.strictEqual(found(restarted(configured(withWeb(), corefile.replace(".:53", ".:54"))), "web"), "refused")
  })

  it("takes another Corefile within two minutes, and tells so", () => {
    const world = configured(withWeb(), withLines("hosts {\n 1.2.3.4 web.default.svc.cluster.local\n fallthrough\n}"))
    assert.strictEqual(found(world, "web"), "10.96.7.7")
    const later = seconds(world, 120)
    assert.strictEqual(found(later, "web"), "1.2.3.4")
    assert.strictEqual(logs(later).filter((line) => line === "[INFO] Reloading complete").length, 2)
    assert.isTrue(servers(later).every(({ status }) => status.containerStatuses?.[0]?.restartCount === 0))
  })

  it("keeps the Corefile that it has when the next one is wrong, until it starts anew", () => {
    const later = seconds(configured(withWeb(), corefile.replace("ready", "redy")), 120)
    assert.strictEqual(found(later, "web"), "10.96.7.7")
    assert.deepStrictEqual(readiness(later), [true, true])
    assert.include(logs(later), "[ERROR] Restart failed: /etc/coredns/Corefile:6 - Error during parsing: Unknown directive 'redy'")
    const anew = restarted(later)
    assert.strictEqual(found(anew, "web"), "refused")
    assert.isTrue(servers(anew).every(({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0))
  })

  it("that finds itself asked by itself ends", () => {
    const world = restarted(configured(withWeb(), corefile.replace("forward . /etc/resolv.conf", "forward . 10.96.0.10")))
    assert.isTrue(servers(world).every(({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0))
  })

  it("finds a loop in another Corefile that it takes, too, and by whatever way questions come back", () => {
    const restarts = (world: World) => servers(world).map(({ status }) => status.containerStatuses?.[0]?.restartCount ?? 0)
    const fatal = (world: World) => logs(world).some((line) => line.startsWith("[FATAL] plugin/loop"))
    const world = seconds(configured(withWeb(), corefile.replace("forward . /etc/resolv.conf", "forward . 10.96.0.10")), 150)
    assert.isTrue(restarts(world).every((count) => count > 0))
    assert.isTrue(
      restarts(seconds(configured(withWeb(), corefile.replace("forward . /etc/resolv.conf", "forward example.org 127.0.0.1")), 150)).every(
        (count) => count === 0
      )
    )
    const asked = patch(withWeb(), "deployments.apps", "kube-system", "coredns", {
      spec: { template: { spec: { dnsPolicy: "ClusterFirst" } } }
    })
    assert.isTrue(fatal(seconds(asked, 60)))
  })

  it("leaves the ports that another Corefile doesn't name", () => {
    const listening = (world: World) => containerOf(world, "coredns")?.listening.toSorted((a, b) => a - b)
    const world = withWeb()
    assert.deepStrictEqual(listening(world), [53, 8080, 8181, 9153])
    const later = seconds(configured(world, corefile.replace("prometheus :9153", "prometheus :9154").replace(".:53", ".:53 .:5353")), 120)
    assert.deepStrictEqual(listening(later), [53, 5353, 8080, 8181, 9154])
  })

  it("looks at a Corefile that can't be read again and again, and no more at any when it says so", () => {
    const told = (world: World, text: string) => logs(world).filter((line) => line.includes(text)).length
    const broken = seconds(configured(withWeb(), corefile.replace("loadbalance\n}", "loadbalance")), 300)
    assert.isAbove(told(broken, "[WARNING] plugin/reload: Corefile parse failed: /etc/coredns/Corefile:22 - Syntax error"), 8)
    const back = seconds(configured(broken, corefile.replace("    reload\n", "")), 120)
    assert.strictEqual(told(back, "[INFO] Reloading complete"), 2)
    assert.strictEqual(told(seconds(configured(back, corefile), 200), "[INFO] Reloading complete"), 2)
  })

  it("goes on for its lameduck when it is told to end", () => {
    const world = withWeb()
    const [first] = servers(world)
    const gone = seconds(remove(world, "pods", "kube-system", first?.metadata.name ?? ""), 3)
    assert.include(logs(gone), "[INFO] plugin/health: Going into lameduck mode for 5s")
    assert.include(
      servers(gone).map(({ metadata }) => metadata.name),
      first?.metadata.name
    )
    assert.strictEqual(servers(seconds(gone, 10)).length, 2)
  })
})

/** The cluster's Corefile with more in its server block, and more files beside it. */
const withZones = (lines: string, files: Readonly<Record<string, string>> = {}, more = ""): World => {
  let world = patch(withWeb(), "configmaps", "kube-system", "coredns", { data: { Corefile: `${withLines(lines)}${more}`, ...files } })
  world = patch(world, "deployments.apps", "kube-system", "coredns", {
    spec: {
      template: {
        spec: {
          volumes: [{ name: "config-volume", configMap: { name: "coredns", items: null } }],
          containers: [
            {
              ...asDeployment(Store.get(world.store, "deployments.apps", "kube-system", "coredns") ?? never()).spec.template.spec
                .containers[0]
            }
          ]
        }
      }
    }
  })
  return seconds(restarted(world), 30)
}

const never = (): never => assert.fail("no CoreDNS")

const zone = `$TTL 1h
$ORIGIN example.org.
@ 3600 IN SOA ns.example.org. admin.example.org. ( 2024 ; serial
    7200 3600
    1209600 3600 )
      IN NS ns
ns    IN A 10.0.0.53
www   300 IN A 10.1.1.1
      IN A 10.1.1.2
alias CNAME www
shop  IN CNAME web.default.svc.cluster.local.
*.any IN A 10.1.1.9
text  IN TXT "a ; b"
a.deep.name IN A 10.1.1.3
odd   ${"1".repeat(60)}x A 10.1.1.4
sub   IN NS ns.sub
ns.sub IN A 10.9.9.9
`

describe("zones from files", () => {
  const cases: ReadonlyArray<readonly [host: string, found: string]> = [
    ["www.example.org.", "10.1.1.1,10.1.1.2"],
    ["WWW.example.org.", "10.1.1.1,10.1.1.2"],
    ["alias.example.org.", "10.1.1.1,10.1.1.2"],
    ["shop.example.org.", "10.96.7.7"],
    ["one.any.example.org.", "10.1.1.9"],
    ["two.of.any.example.org.", "10.1.1.9"],
    ["a.deep.name.example.org.", "10.1.1.3"],
    ["text.example.org.", "no such host"],
    ["odd.example.org.", "no such host"],
    ["none.example.org.", "no such host"],
    ["x.sub.example.org.", "no such host"],
    ["web.default.svc.cluster.local.", "10.96.7.7"]
  ]

  it("are served by file, with aliases, stars and names that another server has", () => {
    const world = withZones("    file /etc/coredns/db.example.org example.org", { "db.example.org": zone })
    for (const [host, expected] of cases) assert.strictEqual(found(world, host), expected, host)
  })

  it("are served by auto, each by the name of its file", () => {
    const world = withZones("    auto example.org {\n        directory /etc/coredns\n    }", {
      "db.example.org": zone,
      "db.example.net": zone
    })
    assert.strictEqual(found(world, "alias.example.org."), "10.1.1.1,10.1.1.2")
    assert.strictEqual(found(world, "www.example.net."), "no such host")
  })

  it("fail without their file or its SOA record", () => {
    const directive = "    file /etc/coredns/db.example.org example.org"
    assert.strictEqual(found(withZones(directive), "www.example.org."), "server misbehaving")
    const bare = withZones(directive, { "db.example.org": "www.example.org. IN A 10.1.1.1\n" })
    assert.strictEqual(found(bare, "www.example.org."), "server misbehaving")
  })
})

describe("who asks", () => {
  const lookUp = (world: World, host: string, client: string): string => {
    const answer = Resolver.lookup(world, Resolver.clusterFirst("default"), host, client)
    return typeof answer === "string" ? answer : answer.addresses.join()
  }

  it("may be refused, told nothing or not answered by acl", () => {
    const acl = (action: string): string =>
      `    acl cluster.local {\n        allow net 10.1.0.0/16 10.2.0.1\n        ${action} type A net 10.0.0.0/8\n    }`
    const told = { block: "server misbehaving", filter: "no such host", drop: "timeout" }
    for (const [action, expected] of Object.entries(told)) {
      const world = restarted(configured(withWeb(), withLines(acl(action))))
      assert.deepStrictEqual(
        ["10.1.2.3", "10.2.0.1", "10.2.0.2", "192.168.0.1"].map((client) => lookUp(world, "web.default.svc.cluster.local.", client)),
        ["10.96.7.7", "10.96.7.7", expected, "10.96.7.7"],
        action
      )
      assert.isTrue(Resolver.tellsApart(world, Resolver.clusterFirst("default")))
    }
    assert.isFalse(Resolver.tellsApart(withWeb(), Resolver.clusterFirst("default")))
    for (const action of ["block type AAAA", "constructor net *"]) {
      const others = restarted(configured(withWeb(), withLines(`    acl {\n        ${action}\n    }`)))
      assert.strictEqual(lookUp(others, "web", "10.1.2.3"), "10.96.7.7")
    }
  })

  it("is led to another server block by a view", () => {
    const hosts = (name: string, address: string, view: string): string =>
      `test {\n    view ${name} {\n        expr ${view}\n    }\n    hosts {\n        ${address} one.test\n    }\n}\n`
    const all = [
      hosts("a", "1.1.1.1", "incidr(client_ip(), '10.1.0.0/16') && type() == 'A'"),
      hosts("b", "2.2.2.2", "not (name() matches '^two') and client_ip() in ['10.2.0.1', '10.2.0.2']"),
      hosts("c", "3.3.3.3", "incidr(client_ip("),
      hosts("d", "5.5.5.5", "hasOwnProperty('name')"),
      hosts("e", "6.6.6.6", "name() valueOf 'one.test.'"),
      "test {\n    hosts {\n        4.4.4.4 one.test\n    }\n}\n"
    ]
    const world = restarted(configured(withWeb(), `${corefile}${all.join("")}`))
    assert.deepStrictEqual(
      ["10.1.9.9", "10.2.0.2", "10.3.0.1"].map((client) => lookUp(world, "one.test.", client)),
      ["1.1.1.1", "2.2.2.2", "4.4.4.4"]
    )
  })
})

describe("names for outside", () => {
  it("are those of services with addresses there", () => {
    let world = withWeb()
    world = create(world, service("out", { clusterIP: "10.96.7.8", externalIPs: ["203.0.113.7"], ports: [{ port: 80 }] }))
    world = restarted(configured(world, withLines("    k8s_external example.com {\n        headless\n    }")))
    const [web] = Store.list(world.store, "pods", "default").map(asPod)
    const expected = {
      "out.default.example.com.": "203.0.113.7",
      "web.default.example.com.": "no such host",
      "alone.default.example.com.": web?.status.podIP ?? "",
      "out.nowhere.example.com.": "no such host",
      "dns.example.com.": "no such host"
    }
    for (const [host, address] of Object.entries(expected)) assert.strictEqual(found(world, host), address, host)
  })
})
