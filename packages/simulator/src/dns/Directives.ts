/** What CoreDNS 1.12 says of directives that are written wrongly, and of server blocks that are in each other's way. */
import type { Directive, ServerBlock } from "./Corefile.ts"
import { mistake } from "./Corefile.ts"
import * as Places from "./Place.ts"
import { names } from "./Plugins.ts"

const words = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/u)

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

const wrong = (path: string, { block, name }: Directive): string | undefined => {
  const found = rules[name]
  if (found === undefined) return undefined
  for (const { file, line, words } of block) {
    const [property = "", value = ""] = words
    if (!found.properties.has(property)) return `plugin/${name}: ${mistake(file === "" ? path : file, line, found.unknown(property))}`
    if (found.numbers?.has(property) === true && !/^[+-]?\d+$/u.test(value)) {
      return `plugin/${name}: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`
    }
  }
  return undefined
}

/** One zone and port can't be served twice: neither on one address, nor on all and on one of them. A block with a view is for some. */
const overlap = (servers: ReadonlyArray<ServerBlock>): string | undefined => {
  const taken = new Set<string>()
  const anywhere = new Map<string, string>()
  for (const { directives, keys } of servers) {
    const bound = directives.flatMap((one) => (one.name === "bind" ? one.words : []))
    const isOfSome = directives.some(({ name }) => name === "view")
    for (const place of keys.map(Places.place)) {
      const whole = Places.text(place)
      for (const address of bound.length === 0 ? [""] : bound) {
        const title = address === "" ? whole : `${whole} on ${address}`
        const other = address === "" ? anywhere.get(whole) : taken.has(whole) ? whole : undefined
        if (taken.has(title)) return `cannot serve ${title} - it is already defined`
        if (other !== undefined) return `cannot serve ${title} - zone overlap listener capacity with ${other}`
        if (isOfSome) continue
        taken.add(title)
        anywhere.set(whole, title)
      }
    }
  }
  return undefined
}

/** The first thing that is wrong: directives are set up in the order of plugin.cfg, then come the servers. */
export const mistakeIn = (path: string, servers: ReadonlyArray<ServerBlock>): string | undefined => {
  const all = servers.flatMap(({ directives }) => directives)
  for (const name of names) {
    for (const directive of all) {
      const found = directive.name === name ? wrong(path, directive) : undefined
      if (found !== undefined) return found
    }
  }
  return overlap(servers)
}
