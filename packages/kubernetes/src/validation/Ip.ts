/**
 * IP addresses and ranges as the API reads them: octets may have leading zeros, an IPv4 address inside IPv6 counts as IPv4. Printed in
 * the canonical form of RFC 5952.
 */
import type { Report } from "./Report.ts"

/** 4 or 16 bytes. */
export type Ip = ReadonlyArray<number>

const octets = (text: string): Ip | undefined => {
  const parts = text.split(".")
  if (parts.length !== 4 || parts.some((part) => !/^\d+$/.test(part))) return undefined
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

const words = (text: string): Ip | undefined => {
  if (text === "") return []
  const out: Array<number> = []
  const parts = text.split(":")
  for (const [i, part] of parts.entries()) {
    if (part.includes(".")) {
      const last = i === parts.length - 1 ? octets(part) : undefined
      if (last === undefined) return undefined
      out.push(...last)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const word = Number.parseInt(part, 16)
      out.push(word >> 8, word & 255)
    } else return undefined
  }
  return out
}

const wide = (text: string): Ip | undefined => {
  const halves = text.split("::")
  const head = words(halves[0] ?? "")
  const tail = words(halves[1] ?? "")
  if (head === undefined || tail === undefined || halves.length > 2) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const gap = 16 - head.length - tail.length
  return gap < 2 ? undefined : [...head, ...Array.from({ length: gap }, () => 0), ...tail]
}

const isMapped = (bytes: Ip): boolean =>
  bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255

export const parse = (text: string): Ip | undefined => {
  if (!text.includes(":")) return octets(text)
  const bytes = wide(text)
  return bytes !== undefined && isMapped(bytes) ? bytes.slice(12) : bytes
}

export const isV6 = (ip: Ip): boolean => ip.length === 16

export const print = (ip: Ip): string => {
  if (!isV6(ip)) return ip.join(".")
  const list = Array.from({ length: 8 }, (_, i) => ((ip[2 * i] ?? 0) << 8) | (ip[2 * i + 1] ?? 0))
  let from = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (i + n < 8 && list[i + n] === 0) n++
    if (n > length) {
      from = i
      length = n
    }
  }
  const hex = (part: ReadonlyArray<number>): string => part.map((word) => word.toString(16)).join(":")
  return from < 0 ? hex(list) : `${hex(list.slice(0, from))}::${hex(list.slice(from + length))}`
}

export interface Cidr {
  readonly ip: Ip
  readonly bits: number
}

export const parseCidr = (text: string): Cidr | undefined => {
  const slash = text.indexOf("/")
  const ip = slash < 0 ? undefined : parse(text.slice(0, slash))
  const bits = text.slice(slash + 1)
  if (ip === undefined || !/^\d+$/.test(bits) || Number(bits) > ip.length * 8) return undefined
  return { ip, bits: Number(bits) }
}

const masked = (ip: Ip, bits: number): Ip => ip.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 255)

/** The range with the bits of hosts cleared. */
export const printCidr = ({ bits, ip }: Cidr): string => `${print(masked(ip, bits))}/${bits}`

export const contains = (range: Cidr, ip: Ip): boolean =>
  ip.length === range.ip.length && print(masked(ip, range.bits)) === print(masked(range.ip, range.bits))

const example = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
const rangeExample = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

/** A field of before the strict rules. False when it is no address. */
export const legacy = (field: string, value: string, report: Report): boolean => {
  if (parse(value) !== undefined) return true
  report.invalid(field, value, example)
  return false
}

export const legacyCidr = (field: string, value: string, report: Report): boolean => {
  if (parseCidr(value) !== undefined) return true
  report.invalid(field, value, rangeExample)
  return false
}

const leading = /(^|[.:])0+\d/

/** Why a text is no address under the strict rules: no leading zeros, canonical. */
export const explainStrict = (value: string): string | undefined => {
  const ip = parse(value)
  if (ip === undefined) return example
  if (!isV6(ip) && value.includes(":")) return "must not be an IPv4-mapped IPv6 address"
  if (!isV6(ip) && leading.test(value)) return "must not have leading 0s"
  return print(ip) === value ? undefined : `must be in canonical form (${JSON.stringify(print(ip))})`
}

/** A field with the strict rules. False when it is reported. */
export const strict = (field: string, value: string, report: Report): boolean => {
  const why = explainStrict(value)
  if (why !== undefined) report.invalid(field, value, why)
  return why === undefined
}

export const strictCidr = (field: string, value: string, report: Report): void => {
  const cidr = parseCidr(value)
  if (cidr === undefined) return report.invalid(field, value, rangeExample)
  if ((!value.includes(":") && leading.test(value)) || /\/0\d/.test(value)) {
    return report.invalid(field, value, "must not have leading 0s in IP or prefix length")
  }
  if (printCidr(cidr) !== value) report.invalid(field, value, `must be in canonical form (${JSON.stringify(printCidr(cidr))})`)
}

/** An address that traffic can be sent to. */
export const endpoint = (field: string, value: string, report: Report): void => {
  const ip = parse(value)
  if (ip === undefined) return report.invalid(field, value, "must be a valid IP address")
  const [a = 0, b = 0, c = 0] = ip
  const low = isV6(ip) ? ip.slice(0, 15).every((byte) => byte === 0) : false
  if (isV6(ip) ? low && ip[15] === 0 : ip.every((byte) => byte === 0)) report.invalid(field, value, `may not be unspecified (${value})`)
  if (isV6(ip) ? low && ip[15] === 1 : a === 127) report.invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
  if (isV6(ip) ? a === 0xfe && (b & 0xc0) === 0x80 : a === 169 && b === 254) {
    report.invalid(field, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
  }
  if (isV6(ip) ? a === 0xff && (b & 0x0f) === 2 : a === 224 && b === 0 && c === 0) {
    report.invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
  }
}

/** What a client is told of an address that is valid today and won't be for ever. */
export const warnings = (field: string, value: string): ReadonlyArray<string> => {
  const ip = parse(value)
  if (ip === undefined) return []
  const text = print(ip)
  if (!isV6(ip)) {
    return value === text
      ? []
      : [
          `${field}: non-standard IP address ${JSON.stringify(value)} will be considered invalid in a future Kubernetes release: use "${text}"`
        ]
  }
  return value === text ? [] : [`${field}: IPv6 address ${JSON.stringify(value)} should be in RFC 5952 canonical format ("${text}")`]
}

export const cidrWarnings = (field: string, value: string): ReadonlyArray<string> => {
  const cidr = parseCidr(value)
  if (cidr === undefined) return []
  const { bits, ip } = cidr
  const text = printCidr(cidr)
  const quoted = JSON.stringify(value)
  const found: Array<string> = []
  if (print(masked(ip, bits)) !== print(ip)) {
    found.push(`${field}: CIDR value ${quoted} is ambiguous in this context (should be "${text}" or "${print(ip)}/${ip.length * 8}"?)`)
  }
  if ((!isV6(ip) && print(ip) !== value.slice(0, value.indexOf("/"))) || /\/0\d/.test(value)) {
    found.push(`${field}: non-standard CIDR value ${quoted} will be considered invalid in a future Kubernetes release: use "${text}"`)
  }
  return found.length > 0 || !isV6(ip) || text === value
    ? found
    : [`${field}: IPv6 CIDR value ${quoted} should be in RFC 5952 canonical format ("${text}")`]
}
