/** The formats of names and labels, and how the server explains them. */

interface Format {
  readonly pattern: RegExp
  readonly limit: number
  readonly message: string
}

const format = (source: string, limit: number, head: string, example: string): Format => ({
  pattern: new RegExp(`^${source}$`),
  limit,
  message: `${head} (e.g. ${example}, regex used for validation is '${source}')`
})

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

export const subdomain = format(
  `${label}(\\.${label})*`,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  "'example.com'"
)

export const dnsLabel = format(
  label,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  "'my-name',  or '123-abc'"
)

export const serviceName = format(
  "[a-z]([-a-z0-9]*[a-z0-9])?",
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "'my-name',  or 'abc-123'"
)

const qualified = format(
  "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
  63,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "'MyName',  or 'my.name',  or '123-abc'"
)

const labelValue = format(
  "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "'MyValue',  or 'my_value',  or '12345'"
)

/** Why a text does not have a format; nothing when it has. */
export const explain = (text: string, { limit, message, pattern }: Format): ReadonlyArray<string> => [
  ...(text.length > limit ? [`must be no more than ${limit} ${limit === 253 ? "characters" : "bytes"}`] : []),
  ...(pattern.test(text) ? [] : [message])
]

export const explainLabelValue = (value: string): ReadonlyArray<string> => explain(value, labelValue)

/** Of a key of labels and annotations: `name` or `prefix/name`. */
export const explainKey = (key: string): ReadonlyArray<string> => {
  const parts = key.split("/")
  const [prefix = "", name = ""] = parts.length === 1 ? ["", parts[0]] : parts
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    ]
  }
  return [
    ...(parts.length === 1
      ? []
      : prefix === ""
        ? ["prefix part must be non-empty"]
        : explain(prefix, subdomain).map((why) => `prefix part ${why}`)),
    ...(name === "" ? ["name part must be non-empty"] : []),
    ...explain(name, qualified)
  ]
}

/** Names of RBAC objects: anything that fits in a path. */
export const explainPathSegment = (name: string): ReadonlyArray<string> =>
  name === "." || name === ".."
    ? [`may not be '${name}'`]
    : ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
