import * as Store from "@aiopslab/kubernetes/Store"
import { clusterDns } from "@aiopslab/simulator/kubelet/Names"
import * as Policies from "@aiopslab/simulator/NetworkPolicies"
import type { Peer } from "@aiopslab/simulator/NetworkPolicies"
import { describe, expect, it } from "@effect/vitest"
import { policy } from "./traffic/Shop.ts"

const home = "test-shop"

const peer = (app: string, ip: string, namespace = home): Peer => ({
  ip,
  pod: { uid: `${namespace}/${app}`, namespace, labels: { app } },
  ports: { http: 8080 }
})

const web = peer("web", "10.244.1.2")
const db = peer("db", "10.244.1.3")
const stranger = peer("web", "10.244.2.2", "other")

/** Who gets to whom under policies with these specs. */
const under = (...specs: ReadonlyArray<object>) => {
  let store = Store.empty
  for (const name of [home, "other"])
    store = Store.put(store, "namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { team: name } } })
  specs.forEach((spec, i) => (store = Store.put(store, "networkpolicies.networking.k8s.io", policy(`p${i}`, spec))))
  return (from: Peer, to: Peer, port = 8080) => Policies.allows({ store }, from, to, { port, protocol: "TCP" })
}

const closed = { podSelector: {}, policyTypes: ["Ingress"] }

describe("network policies", () => {
  it("let everything through that none of them selects", () => {
    const to = under({ podSelector: { matchLabels: { app: "db" } }, policyTypes: ["Ingress"] })
    expect(to(db, web)).toBe(true)
    expect(to(web, db)).toBe(false)
    expect(to(Policies.outside, db)).toBe(false)
  })

  it("add up: what one of them allows is allowed", () => {
    const rule = { podSelector: { matchLabels: { app: "db" } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }] }
    const to = under(closed, rule)
    expect(to(web, db)).toBe(true)
    expect(to(stranger, db)).toBe(false)
    expect(to(db, web)).toBe(false)
  })

  it("tell namespaces, addresses and ports apart", () => {
    const near = under({ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "other" } } }] }] })
    expect([near(stranger, db), near(web, db)]).toEqual([true, false])
    const block = under({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "10.244.0.0/16", except: ["10.244.2.0/24"] } }] }] })
    expect([block(web, db), block(stranger, db), block(Policies.outside, db)]).toEqual([true, false, false])
    const ports = under({ podSelector: {}, ingress: [{ ports: [{ port: "http" }, { port: 9000, endPort: 9010 }] }] })
    expect([8080, 9005, 9011, 80].map((port) => ports(web, db, port))).toEqual([true, true, false, false])
  })

  it("hold back what a pod sends, names of others included", () => {
    const spec = { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Egress"], egress: [{ to: [{ podSelector: {} }] }] }
    const to = under(spec)
    expect([to(web, db), to(web, stranger), to(db, web)]).toEqual([true, false, true])
    const store = Store.put(Store.empty, "networkpolicies.networking.k8s.io", policy("p", spec))
    expect([Policies.letsAsk({ store }, web, clusterDns), Policies.letsAsk({ store }, db, clusterDns)]).toEqual([false, true])
  })

  it("never part a pod from itself", () => {
    expect(under(closed)(web, web)).toBe(true)
  })
})
