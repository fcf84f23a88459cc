/** The formats of names, labels, keys and numbers, and how the server explains what does not have them. */

import { remembered } from "../Remembered.ts"

interface Format {
  readonly pattern: RegExp
  /** 0 for none. */
  readonly limit: number
  readonly message: string
}

const examples = (list: ReadonlyArray<string>): string => (list.length === 0 ? "" : `e.g. ${list.map((one) => `'${one}', `).join(" or ")}`)

const format = (source: string, limit: number, head: string, ...shown: ReadonlyArray<string>): Format => ({
  pattern: new RegExp(`^(?:${source})$`),
  limit,
  message: `${head} (${examples(shown)}regex used for validation is '${source}')`
})

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
const subdomainSource = `${label}(\\.${label})*`

export const subdomain = format(
  subdomainSource,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  "example.com"
)

const underscored = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"

export const subdomainWithUnderscore = format(
  `${underscored}(\\.${underscored})*`,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  "example.com"
)

export const wildcardSubdomain = format(
  `\\*\\.${subdomainSource}`,
  253,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  "*.example.com"
)

export const dnsLabel = format(
  label,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  "my-name",
  "123-abc"
)

export const serviceName = format(
  "[a-z]([-a-z0-9]*[a-z0-9])?",
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "my-name",
  "abc-123"
)

const qualifiedSource = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
const qualifiedRule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const qualified = format(qualifiedSource, 63, `name part ${qualifiedRule}`, "MyName", "my.name", "123-abc")
const prefixed = format(qualifiedSource, 0, `a qualified name ${qualifiedRule}`, "MyName", "my.name", "123-abc")

const labelValue = format(
  `(${qualifiedSource})?`,
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "MyValue",
  "my_value",
  "12345"
)

const configKey = format(
  "[-._a-zA-Z0-9]+",
  253,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "key.name",
  "KEY_NAME",
  "key-name"
)

export const percent = format("[0-9]+%", 0, "a valid percent string must be a numeric string followed by an ending '%'", "1%", "93%")

export const conditionReason = format(
  "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?",
  0,
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  "my_name",
  "MY_NAME",
  "MyName",
  "ReasonA,ReasonB",
  "ReasonA:ReasonB"
)

export const httpHeaderName = format(
  "[-A-Za-z0-9]+",
  0,
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  "X-Header-Name"
)

export const cIdentifier = format(
  "[A-Za-z_][A-Za-z0-9_]*",
  0,
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  "my_name",
  "MY_NAME",
  "MyName"
)

const httpPath = format("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+", 0, "Invalid path")

/** Length as Go counts it: bytes of UTF-8, though the message says characters. */
const length = (text: string): number => Buffer.byteLength(text)

export const tooLong = (limit: number): string => `must be no more than ${limit} characters`

/** Why a text does not have a format; nothing when it has. */
export const explain = (text: string, { limit, message, pattern }: Format): ReadonlyArray<string> => {
  const long = limit > 0 && length(text) > limit
  if (pattern.test(text)) return long ? [tooLong(limit)] : []
  // what is a name but for its dots is told so
  const why = message === dnsLabel.message && subdomain.pattern.test(text) ? "must not contain dots" : message
  return long ? [tooLong(limit), why] : [why]
}

/** Of a name, or of the beginning of a generated one, which may end in a dash. */
export const explainGenerated = (text: string, wanted: Format): ReadonlyArray<string> =>
  explain(text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text, wanted)

export const explainLabelValue = (value: string): ReadonlyArray<string> => explain(value, labelValue)

/** Of a key of labels and annotations, a finalizer, a resource: `name` or `prefix/name`. */
export const explainKey = remembered((key): ReadonlyArray<string> => {
  const parts = key.split("/")
  if (parts.length > 2) return [`${prefixed.message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined
  const name = parts.at(-1) ?? ""
  const found: Array<string> = []
  if (prefix === "") found.push("prefix part must be non-empty")
  else if (prefix !== undefined) for (const why of explain(prefix, subdomain)) found.push(`prefix part ${why}`)
  if (name === "") found.push("name part must be non-empty")
  else if (length(name) > qualified.limit) found.push(`name part ${tooLong(qualified.limit)}`)
  if (!qualified.pattern.test(name)) found.push(qualified.message)
  return found
})

const parent = (text: string): ReadonlyArray<string> =>
  text === "." ? ["must not be '.'"] : text === ".." ? ["must not be '..'"] : text.startsWith("..") ? ["must not start with '..'"] : []

/** Of a key of a ConfigMap or Secret. */
export const explainConfigKey = (key: string): ReadonlyArray<string> => [...explain(key, configKey), ...parent(key)]

/** Of an IANA service name: the name of a container's port. */
export const explainPortName = (name: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  if (length(name) > 15) found.push(tooLong(15))
  if (!/^[-a-z0-9]+$/.test(name)) found.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
  if (!/[a-z]/.test(name)) found.push("must contain at least one letter (a-z)")
  if (name.includes("--")) found.push("must not contain consecutive hyphens")
  if (name.startsWith("-") || name.endsWith("-")) found.push("must not begin or end with a hyphen")
  return found
}

/** Names of RBAC objects, and the least that any name must be: what fits in a path. */
export const explainPathSegment = (name: string): ReadonlyArray<string> =>
  name === "." || name === ".." ? [`may not be '${name}'`] : explainPathPrefix(name)

export const explainPathPrefix = (name: string): ReadonlyArray<string> =>
  ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)

/** `acme.io/foo`: why, and the part of the text that it is about. */
export const explainDomainPath = (text: string): ReadonlyArray<readonly [part: string, why: string]> => {
  const slash = text.indexOf("/")
  if (slash <= 0 || slash === text.length - 1) return [[text, 'must be a domain-prefixed path (such as "acme.io/foo")']]
  const host = text.slice(0, slash)
  const rest = text.slice(slash + 1)
  return [...explain(host, subdomain).map((why) => [host, why] as const), ...explain(rest, httpPath).map((why) => [rest, why] as const)]
}

export const range = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`

export const portNumber = range(1, 65_535)
