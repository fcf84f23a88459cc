/** `ip()`, `cidr()` and what they give: stricter than the API's fields, as Go's `net/netip` with Kubernetes' refusals. */
import type { Environment } from "@marcbachmann/cel-js"
import { quoted } from "../apply/GoText.ts"
import * as Ip from "../validation/Ip.ts"

/** A value of CEL's type `net.IP`. */
class CelIp {
  readonly bytes: Ip.Ip
  constructor(bytes: Ip.Ip) {
    this.bytes = bytes
  }
}

/** A value of CEL's type `net.CIDR`. */
class CelCidr {
  readonly range: Ip.Cidr
  constructor(range: Ip.Cidr) {
    this.range = range
  }
}

/** The function `ip` is also a name space. */
class IpNamespace {
  readonly name = "ip"
}

const leading = /(?:^|[.:])0\d+(?=[.]|$)/

const whyNotFour = (text: string): string => {
  const fields = text.split(".")
  if (leading.test(text)) return "IPv4 field has octet with leading zero"
  if (fields.some((field) => /^\d+$/.test(field) && Number(field) > 255)) return "IPv4 field has value >255"
  return fields.length < 4 ? "IPv4 address too short" : fields.length > 4 ? "IPv4 address too long" : "unexpected character"
}

const whyNot = (text: string): string => {
  const why = /^[\d.]+$/.test(text) && text.includes(".") ? whyNotFour(text) : "unable to parse IP"
  return `ParseAddr(${quoted(text)}): ${why}`
}

type Read<A> = { readonly value: A } | { readonly why: string }

const readIp = (text: string): Read<Ip.Ip> => {
  const bytes = text.includes("%") ? undefined : Ip.parse(text)
  const head = "IP Address"
  if (text.includes("%") && Ip.parse(text.slice(0, text.indexOf("%"))) !== undefined) {
    return { why: `${head} ${quoted(text)} with zone value is not allowed` }
  }
  if (bytes === undefined || leading.test(text)) {
    return { why: `${head} ${quoted(text)} parse error during conversion from string: ${whyNot(text)}` }
  }
  return !Ip.isV6(bytes) && text.includes(":") ? { why: `IPv4-mapped IPv6 address ${quoted(text)} is not allowed` } : { value: bytes }
}

const readCidr = (text: string): Read<Ip.Cidr> => {
  const range = Ip.parseCidr(text)
  const address = text.slice(0, Math.max(0, text.indexOf("/")))
  if (range !== undefined && !/\/0\d/.test(text) && "value" in readIp(address)) return { value: range }
  const doubled = "network address parse error during conversion from string: "
  const why = !text.includes("/") ? "no '/'" : "value" in readIp(address) ? "bad bits after slash" : whyNot(address)
  return { why: `${doubled}${doubled}netip.ParsePrefix(${quoted(text)}): ${why}` }
}

const orThrow = <A>(read: Read<A>): A => {
  if ("why" in read) throw new Error(read.why)
  return read.value
}

const ip = (text: string): CelIp => new CelIp(orThrow(readIp(text)))
const cidr = (text: string): CelCidr => new CelCidr(orThrow(readCidr(text)))

const isUnspecified = ({ bytes }: CelIp): boolean => bytes.every((byte) => byte === 0)
const isLoopback = ({ bytes }: CelIp): boolean => (Ip.isV6(bytes) ? Ip.print(bytes) === "::1" : bytes[0] === 127)
const isMulticast = ({ bytes }: CelIp): boolean => (Ip.isV6(bytes) ? bytes[0] === 0xff : ((bytes[0] ?? 0) & 0xf0) === 0xe0)

const isLinkLocalMulticast = ({ bytes: [a, b = 0, c], bytes }: CelIp): boolean =>
  Ip.isV6(bytes) ? a === 0xff && (b & 0x0f) === 2 : a === 224 && b === 0 && c === 0

const isLinkLocalUnicast = ({ bytes: [a, b = 0], bytes }: CelIp): boolean =>
  Ip.isV6(bytes) ? a === 0xfe && (b & 0xc0) === 0x80 : a === 169 && b === 254

const isGlobalUnicast = (one: CelIp): boolean =>
  Ip.print(one.bytes) !== "255.255.255.255" && ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast].some((is) => is(one))

const masked = ({ range: { bits, ip } }: CelCidr): CelCidr => cidr(Ip.printCidr({ bits, ip }))

const containsIp = ({ range }: CelCidr, { bytes }: CelIp): boolean => Ip.contains(range, bytes)

const containsCidr = ({ range }: CelCidr, { range: other }: CelCidr): boolean => range.bits <= other.bits && Ip.contains(range, other.ip)

const printed = ({ range: { bits, ip } }: CelCidr): string => `${Ip.print(ip)}/${bits}`

export const withAddresses = (env: Environment): Environment =>
  env
    .registerType("IP", CelIp)
    .registerType("CIDR", CelCidr)
    .registerType("IPNamespace", IpNamespace)
    .registerConstant("ip", "IPNamespace", new IpNamespace())
    .registerFunction("IPNamespace.isCanonical(string): bool", (_: IpNamespace, text: string) => Ip.print(ip(text).bytes) === text)
    .registerFunction("ip(string): IP", ip)
    .registerFunction("isIP(string): bool", (text: string) => "value" in readIp(text))
    .registerFunction("string(IP): string", ({ bytes }: CelIp) => Ip.print(bytes))
    .registerOperator("IP == IP", (a: CelIp, b: CelIp) => Ip.print(a.bytes) === Ip.print(b.bytes))
    .registerFunction("IP.family(): int", ({ bytes }: CelIp) => (Ip.isV6(bytes) ? 6n : 4n))
    .registerFunction("IP.isUnspecified(): bool", isUnspecified)
    .registerFunction("IP.isLoopback(): bool", isLoopback)
    .registerFunction("IP.isLinkLocalMulticast(): bool", isLinkLocalMulticast)
    .registerFunction("IP.isLinkLocalUnicast(): bool", isLinkLocalUnicast)
    .registerFunction("IP.isGlobalUnicast(): bool", isGlobalUnicast)
    .registerFunction("cidr(string): CIDR", cidr)
    .registerFunction("isCIDR(string): bool", (text: string) => "value" in readCidr(text))
    .registerFunction("string(CIDR): string", printed)
    .registerOperator("CIDR == CIDR", (a: CelCidr, b: CelCidr) => printed(a) === printed(b))
    .registerFunction("CIDR.containsIP(string): bool", (range: CelCidr, text: string) => containsIp(range, ip(text)))
    .registerFunction("CIDR.containsIP(IP): bool", containsIp)
    .registerFunction("CIDR.containsCIDR(string): bool", (range: CelCidr, text: string) => containsCidr(range, cidr(text)))
    .registerFunction("CIDR.containsCIDR(CIDR): bool", containsCidr)
    .registerFunction("CIDR.ip(): IP", ({ range }: CelCidr) => new CelIp(range.ip))
    .registerFunction("CIDR.masked(): CIDR", masked)
    .registerFunction("CIDR.prefixLength(): int", ({ range }: CelCidr) => BigInt(range.bits))
