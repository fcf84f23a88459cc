/** Where a server block serves: `.:53`, `dns://cluster.local`, `tls://example.org`. */

export interface Place {
  readonly transport: string
  readonly zone: string
  readonly port: number
}

const ports: Readonly<Record<string, number>> = { dns: 53, tls: 853, quic: 853, grpc: 443, https: 443, https3: 443 }

export const place = (key: string): Place => {
  const [, transport = "dns", zone = "", port] = /^(?:(\w+):\/\/)?([^:]*)(?::(\d+))?$/u.exec(key) ?? []
  return { transport, zone: zone === "" ? "." : zone.toLowerCase(), port: port === undefined ? (ports[transport] ?? 53) : Number(port) }
}

/** With its dot at the end. */
export const full = (zone: string): string => (zone.endsWith(".") ? zone : `${zone}.`)

export const text = ({ port, transport, zone }: Place): string => `${transport}://${full(zone)}:${port}`
