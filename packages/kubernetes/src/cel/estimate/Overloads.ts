/**
 * The forms of the language's functions in Kubernetes 1.34: cel-go's own (`common/stdlib`, `ext/strings`, `ext/sets`, optional types) and
 * Kubernetes' (apiserver `pkg/cel/library`). What costs more than a call has a name at the end of its line. `$` is each of the types that stand
 * before the line.
 */
import { formatNames } from "../Formats.ts"
import type { Type } from "./Type.ts"
import { parse } from "./Type.ts"

export interface Overload {
  /** The value that it is called on comes first. */
  readonly args: ReadonlyArray<Type>
  readonly result: Type
  /** How its cost is estimated; empty for a call that costs one, unless its name tells otherwise. */
  readonly id: string
}

const comparable = "int uint double bool string bytes duration timestamp"

const functions = `
_?_:_(bool, A, A): A = conditional
_&&_(bool, bool): bool = logical
_||_(bool, bool): bool = logical
!_(bool): bool
@not_strictly_false(bool): bool
_==_(dyn, dyn): bool = compared
_!=_(dyn, dyn): bool = compared
int uint double duration: _+_($, $): $
duration: _+_($, timestamp): timestamp
duration: _+_(timestamp, $): timestamp
string bytes: _+_($, $): $ = joined texts
_+_(list<A>, list<A>): list<A> = joined lists
int uint double duration: _-_($, $): $
_-_(timestamp, duration): timestamp
_-_(timestamp, timestamp): duration
int uint double: _*_($, $): $
int uint double: _/_($, $): $
int uint: _%_($, $): $
int double: -_($): $
bool int uint double timestamp duration: _<_($, $): bool
bool int uint double timestamp duration: _<=_($, $): bool
bool int uint double timestamp duration: _>_($, $): bool
bool int uint double timestamp duration: _>=_($, $): bool
string bytes: _<_($, $): bool = compared
string bytes: _<=_($, $): bool = compared
string bytes: _>_($, $): bool = compared
string bytes: _>=_($, $): bool = compared
uint double: _<_(int, $): bool
uint double: _<=_(int, $): bool
uint double: _>_(int, $): bool
uint double: _>=_(int, $): bool
int double: _<_(uint, $): bool
int double: _<=_(uint, $): bool
int double: _>_(uint, $): bool
int double: _>=_(uint, $): bool
int uint: _<_(double, $): bool
int uint: _<=_(double, $): bool
int uint: _>_(double, $): bool
int uint: _>=_(double, $): bool
_in_(A, list<A>): bool = in list
_in_(A, map<A,B>): bool
_[_](list<A>, int): A = item of list
_[_](map<A,B>, A): B = value of map
_[_](optional<list<A>>, int): optional<A>
_[_](optional<map<A,B>>, A): optional<B>
_[?_](list<A>, int): optional<A>
_[?_](optional<list<A>>, int): optional<A>
_[?_](map<A,B>, A): optional<B>
_[?_](optional<map<A,B>>, A): optional<B>
size(string): int
size(bytes): int
size(list<A>): int
size(map<A,B>): int
type(A): type
dyn(A): dyn
bool string: bool($): bool
bytes(bytes): bytes
bytes(string): bytes = bytes of text
double int string uint: double($): double
duration int string: duration($): duration
int double duration string timestamp uint: int($): int
string bool double duration int timestamp uint IP CIDR: string($): string
string(bytes): string = text of bytes
timestamp int string: timestamp($): timestamp
uint double int string: uint($): uint
matches(string, string): bool
optional.of(A): optional<A>
optional.ofNonZeroValue(A): optional<A>
optional.none(): optional<A>
strings.quote(string): string = quoted
sets.contains(list<A>, list<A>): bool = sets
sets.intersects(list<A>, list<A>): bool = sets
sets.equivalent(list<A>, list<A>): bool = sets both ways
url(string): URL
isURL(string): bool
ip(string): IP
isIP(string): bool
ip.isCanonical(string): bool
cidr(string): CIDR
isCIDR(string): bool
quantity(string): Quantity
isQuantity(string): bool
sign(Quantity): int
semver(string): Semver
semver(string, bool): Semver
isSemver(string): bool
isSemver(string, bool): bool
format.named(string): optional<Format>
${formatNames.map((name) => `format.${name}(): Format`).join("\n")}`

const timeParts = ["FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek"]
const clockParts = ["Hours", "Minutes", "Seconds", "Milliseconds"]

const methods = `
string.size(): int
bytes.size(): int
list<A>.size(): int
map<A,B>.size(): int
string.contains(string): bool = contains
string.startsWith(string): bool = begins or ends
string.endsWith(string): bool = begins or ends
string.matches(string): bool = matches
${[...timeParts, ...clockParts].map((part) => `timestamp.get${part}(): int\ntimestamp.get${part}(string): int`).join("\n")}
${clockParts.map((part) => `duration.get${part}(): int`).join("\n")}
optional<A>.value(): A
optional<A>.hasValue(): bool
optional<A>.or(optional<A>): optional<A>
optional<A>.orValue(A): A
string.charAt(int): string
string.indexOf(string): int
string.indexOf(string, int): int
string.lastIndexOf(string): int
string.lastIndexOf(string, int): int
string.lowerAscii(): string
string.upperAscii(): string
string.trim(): string
string.replace(string, string): string
string.replace(string, string, int): string
string.split(string): list<string>
string.split(string, int): list<string>
string.substring(int): string
string.substring(int, int): string
string.format(list<dyn>): string = formatted
list<string>.join(): string
list<string>.join(string): string
string.find(string): string
string.findAll(string): list<string>
string.findAll(string, int): list<string>
${comparable}: list<$>.isSorted(): bool
${comparable}: list<$>.min(): $
${comparable}: list<$>.max(): $
int uint double duration: list<$>.sum(): $
list<A>.indexOf(A): int
list<A>.lastIndexOf(A): int
${["Scheme", "Host", "Hostname", "Port", "EscapedPath"].map((part) => `URL.get${part}(): string`).join("\n")}
URL.getQuery(): map<string,list<string>>
IP.family(): int
${["Unspecified", "Loopback", "LinkLocalMulticast", "LinkLocalUnicast", "GlobalUnicast"].map((what) => `IP.is${what}(): bool`).join("\n")}
CIDR.containsIP(string): bool = read
CIDR.containsIP(IP): bool
CIDR.containsCIDR(string): bool = read
CIDR.containsCIDR(CIDR): bool
CIDR.ip(): IP
CIDR.masked(): CIDR
CIDR.prefixLength(): int
Quantity Semver: $.isGreaterThan($): bool
Quantity Semver: $.isLessThan($): bool
Quantity Semver: $.compareTo($): int
Quantity.asApproximateFloat(): double
Quantity.asInteger(): int
Quantity.isInteger(): bool
Quantity int: Quantity.add($): Quantity
Quantity int: Quantity.sub($): Quantity
Semver.major(): int
Semver.minor(): int
Semver.patch(): int
Format.validate(string): optional<list<string>>
`

type Table = ReadonlyMap<string, ReadonlyArray<Overload>>

const line = /^(?:(?<each>[\w ]+): )?(?<before>[^(]+)\((?<args>[^)]*)\): (?<result>\S+)(?: = (?<id>.+))?$/

/** The name of a method follows the type that it belongs to. */
const tableOf = (lines: string, belonging: "method" | "function"): Table => {
  const table = new Map<string, Array<Overload>>()
  for (const one of lines.split("\n")) {
    const { args = "", before = "", each, id = "", result = "" } = line.exec(one)?.groups ?? {}
    if (before === "") continue
    const dot = belonging === "method" ? before.lastIndexOf(".") : -1
    const name = before.slice(dot + 1)
    const given = [...(dot < 0 ? [] : [before.slice(0, dot)]), ...(args === "" ? [] : args.split(", "))]
    for (const type of each?.split(" ") ?? [""]) {
      const typed = (source: string): Type => parse(source.replaceAll("$", type))
      table.set(name, [...(table.get(name) ?? []), { args: given.map(typed), result: typed(result), id }])
    }
  }
  return table
}

const ofFunctions = tableOf(functions, "function")
const ofMethods = tableOf(methods, "method")

export const overloads = (name: string, belonging: "method" | "function"): ReadonlyArray<Overload> =>
  (belonging === "method" ? ofMethods : ofFunctions).get(name) ?? []
