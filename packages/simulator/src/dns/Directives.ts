/** The directives that CoreDNS 1.12 has, and what it says of those that are written wrongly. */
import type { Directive, ServerBlock } from "./Corefile.ts"
import { mistake } from "./Corefile.ts"

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/u)

/** plugin.cfg, in its order. */
const names = words(`
  root metadata geoip cancel tls quic timeouts multisocket reload nsid bufsize bind debug trace ready health pprof
  prometheus errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal
  template transfer hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc
  erratic whoami on sign view nomad
`)

export const known: ReadonlySet<string> = new Set(names)

interface Rules {
  /** The properties that its block may have. */
  readonly properties: ReadonlySet<string>
  readonly unknown: (property: string) => string
  /** Properties with one whole number. */
  readonly numbers?: ReadonlySet<string>
}

const unknownProperty = (property: string): string => `unknown property '${property}'`

const rules: Readonly<Record<string, Rules>> = {
  kubernetes: {
    properties: new Set(
      words(`
      endpoint tls kubeconfig namespaces namespace_labels labels pods endpoint_pod_names ttl noendpoints transfer
      fallthrough ignore multicluster startup_timeout upstream
    `)
    ),
    unknown: unknownProperty,
    numbers: new Set(["ttl"])
  },
  health: {
    properties: new Set(["lameduck"]),
    unknown: (property) => `Wrong argument count or unexpected line ending after '${property}'`
  },
  forward: {
    properties: new Set(
      words(`
      except max_fails health_check force_tcp prefer_udp tls tls_servername expire policy max_concurrent next
      failfast_all_unhealthy_upstreams failover max_idle_conns
    `)
    ),
    unknown: unknownProperty
  },
  cache: {
    properties: new Set(["success", "denial", "prefetch", "serve_stale", "servfail", "disable", "keepttl"]),
    unknown: (property) => `Wrong argument count or unexpected line ending after '${property}'`
  },
  template: {
    properties: new Set(["match", "answer", "additional", "authority", "rcode", "ederror", "fallthrough", "upstream"]),
    unknown: (property) => `Wrong argument count or unexpected line ending after '${property}'`
  }
}

const wrong = (file: string, { block, name }: Directive): string | undefined => {
  const found = rules[name]
  if (found === undefined) return undefined
  for (const { line, words } of block) {
    const [property = "", value = ""] = words
    if (!found.properties.has(property)) return `plugin/${name}: ${mistake(file, line, found.unknown(property))}`
    if (found.numbers?.has(property) === true && !/^[+-]?\d+$/u.test(value)) {
      return `plugin/${name}: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`
    }
  }
  return undefined
}

/** The first thing that is wrong with the directives: they are set up in the order of plugin.cfg. */
export const mistakeIn = (file: string, servers: ReadonlyArray<ServerBlock>): string | undefined => {
  const all = servers.flatMap(({ directives }) => directives)
  for (const name of names) {
    for (const directive of all) {
      const found = directive.name === name ? wrong(file, directive) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}
