/** `format.dns1123Label().validate(text)`: Kubernetes' formats by name; a value of one says what is wrong with a text. */
import type { Environment } from "@marcbachmann/cel-js"
import { Optional } from "@marcbachmann/cel-js"
import * as GoTime from "../GoTime.ts"
import { badByte } from "../validation/Misread.ts"
import * as Names from "../validation/Names.ts"

type Explain = (text: string) => ReadonlyArray<string>

/** A value of CEL's type `kubernetes.NamedFormat`. */
class CelFormat {
  readonly name: string
  readonly explain: Explain
  constructor(name: string, explain: Explain) {
    this.name = name
    this.explain = explain
  }
}

class FormatNamespace {
  readonly name = "format"
}

const named =
  (wanted: Parameters<typeof Names.explain>[1]): Explain =>
  (text) =>
    Names.explain(text, wanted)

/** What more is generated behind: a dash at the end may stand there. */
const prefixOf =
  (wanted: Parameters<typeof Names.explain>[1]): Explain =>
  (text) =>
    Names.explainGenerated(text, wanted)

const matching =
  (is: (text: string) => boolean, why: string): Explain =>
  (text) =>
    is(text) ? [] : [why]

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && GoTime.failure(`${text}T00:00:00Z`, "time") === undefined

const isDateTime = (text: string): boolean => GoTime.failure(text, "time") === undefined

/** As Go reads the URI of a request. */
const isUri = (text: string): boolean => (text.startsWith("/") ? URL.canParse(text, "go://host") : URL.canParse(text))

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

const formats: ReadonlyMap<string, CelFormat> = new Map(
  Object.entries({
    dns1123Label: named(Names.dnsLabel),
    dns1123Subdomain: named(Names.subdomain),
    dns1035Label: named(Names.serviceName),
    dns1123LabelPrefix: prefixOf(Names.dnsLabel),
    dns1123SubdomainPrefix: prefixOf(Names.subdomain),
    dns1035LabelPrefix: prefixOf(Names.serviceName),
    qualifiedName: Names.explainKey,
    labelValue: Names.explainLabelValue,
    uri: matching(isUri, "invalid URI for request"),
    uuid: matching((text) => uuid.test(text), "does not match the UUID format"),
    byte: matching((text) => text !== "" && badByte(text) === undefined, "invalid base64"),
    date: matching(isDate, "invalid date"),
    datetime: matching(isDateTime, "invalid datetime")
  }).map(([name, explain]) => [name, new CelFormat(name, explain)])
)

export const formatNames: ReadonlyArray<string> = [...formats.keys()]

const validated = (format: CelFormat, text: string): Optional => {
  const complaints = format.explain(text)
  return complaints.length === 0 ? Optional.none() : Optional.of(complaints)
}

export const withFormats = (env: Environment): Environment => {
  const plain = env
    .registerType("NamedFormat", CelFormat)
    .registerType("FormatNamespace", FormatNamespace)
    .registerConstant("format", "FormatNamespace", new FormatNamespace())
    .registerFunction("FormatNamespace.named(string): optional", (_: FormatNamespace, name: string) => {
      const found = formats.get(name)
      return found === undefined ? Optional.none() : Optional.of(found)
    })
    .registerFunction("NamedFormat.validate(string): optional", validated)
    .registerOperator("NamedFormat == NamedFormat", (a: CelFormat, b: CelFormat) => a === b)
  return [...formats].reduce((so, [name, format]) => so.registerFunction(`FormatNamespace.${name}(): NamedFormat`, () => format), plain)
}
