/** Services and ingresses. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { type Flags, int, text, texts } from "../../CommandLine.ts"
import { failure } from "../../Failure.ts"
import type { Invocation, Problem } from "../../Invocation.ts"
import { pairs } from "../../Pair.ts"
import { type Generator, nameOf } from "./Generator.ts"

export const networkFlags: Flags = {
  tcp: texts,
  clusterip: text,
  "node-port": int,
  "external-name": text,
  rule: { type: "texts" },
  class: text,
  "default-backend": text,
  annotation: texts
}

const port = (given: string): number | string => (/^\d+$/u.test(given) ? Number(given) : given)

/** `80` or `80:8080`. */
const servicePort = Effect.fnUntraced(function* (inv: Invocation, given: string): Effect.fn.Return<object, Problem> {
  const [outer = "", inner = outer] = given.split(":")
  if (!/^\d+$/u.test(outer)) return yield* failure(`strconv.ParseUint: parsing ${JSON.stringify(outer)}: invalid syntax`)
  for (const one of [outer, inner])
    if (/^\d+$/u.test(one) && Number(one) > 65_535)
      return yield* failure(`strconv.ParseUint: parsing ${JSON.stringify(one)}: value out of range`)
  const nodePort = inv.line.int("node-port") ?? 0
  return {
    name: given.replace(":", "-"),
    port: Number(outer),
    targetPort: port(inner),
    protocol: "TCP",
    ...(nodePort === 0 ? {} : { nodePort })
  }
})

interface ServiceKind {
  readonly type: string
  readonly needsPorts: (inv: Invocation) => boolean
}

const kinds: Readonly<Record<string, ServiceKind>> = {
  clusterip: { type: "ClusterIP", needsPorts: ({ line }) => line.text("clusterip") !== "None" },
  externalname: { type: "ExternalName", needsPorts: () => false },
  loadbalancer: { type: "LoadBalancer", needsPorts: () => true },
  nodeport: { type: "NodePort", needsPorts: () => true }
}

const serviceOf = Effect.fnUntraced(function* (
  inv: Invocation,
  [kind = "", ...names]: ReadonlyArray<string>
): Effect.fn.Return<KubeObject, Problem> {
  const of = kinds[kind]
  if (of === undefined) return yield* failure("one of clusterip, externalname, loadbalancer and nodeport must be given")
  const { line } = inv
  const name = yield* nameOf(inv, names)
  if (line.texts("tcp").length === 0 && of.needsPorts(inv)) return yield* failure("at least one tcp port specifier must be provided")
  const ports = yield* Effect.forEach(line.texts("tcp"), (given) => servicePort(inv, given))
  const [clusterIP = "", externalName = ""] = [line.text("clusterip"), line.text("external-name")]
  const labels = { app: name }
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels },
    spec: {
      type: of.type,
      selector: labels,
      ...(ports.length === 0 ? {} : { ports }),
      ...(clusterIP === "" ? {} : { clusterIP }),
      ...(externalName === "" ? {} : { externalName })
    }
  }
})

export const service: Generator = { make: serviceOf }

/** How a kind of service is called where the server refuses it. */
export const serviceRefused = (kind: string): string => `failed to create ${kinds[kind]?.type ?? ""} service:`

const rule = /^([^/=]*)(\/[^=]*)=([^:,]+):([^,]+)(?:,(.*))?$/u

const backend = (name: string, given: string) => ({
  service: { name, port: /^\d+$/u.test(given) ? { number: Number(given) } : { name: given } }
})

const backendOf = (given: string) => {
  const [name = "", of = ""] = given.split(":")
  return backend(name, of)
}

const ingressOf = Effect.fnUntraced(function* (inv: Invocation, names: ReadonlyArray<string>): Effect.fn.Return<KubeObject, Problem> {
  const { line } = inv
  const name = yield* nameOf(inv, names)
  const given = line.raw("rule")
  const fallback = line.text("default-backend") ?? ""
  if (given.length === 0 && fallback === "")
    return yield* failure(
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)"
    )
  const byHost = new Map<string, Array<object>>()
  const tls: Array<object> = []
  for (const one of given) {
    const match = rule.exec(one)
    if (match === null) return yield* failure(`rule ${one} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
    const [, host = "", path = "", to = "", at = "", more = ""] = match
    const paths = byHost.get(host) ?? []
    byHost.set(host, paths)
    const prefix = path.endsWith("*")
    paths.push({ path: prefix ? path.slice(0, -1) : path, pathType: prefix ? "Prefix" : "Exact", backend: backend(to, at) })
    const [option, secretName] = more.split("=")
    if (option === "tls") tls.push({ hosts: [host], ...(secretName === undefined || secretName === "" ? {} : { secretName }) })
  }
  const rules = [...byHost].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } }))
  const annotations = Object.fromEntries(pairs(line.raw("annotation")))
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      ...(line.text("class") === undefined ? {} : { ingressClassName: line.text("class") }),
      ...(fallback === "" ? {} : { defaultBackend: backendOf(fallback) }),
      ...(rules.length === 0 ? {} : { rules }),
      ...(tls.length === 0 ? {} : { tls })
    }
  }
})

export const ingress: Generator = { refused: "failed to create ingress:", make: ingressOf }
