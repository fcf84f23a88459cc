/**
 * What a client takes as an answer, from its `Accept` header. Protobuf is never chosen: whoever takes nothing else is refused, as one who takes
 * no known type is.
 */
import type { KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import { remembered } from "../Remembered.ts"
import * as Status from "../Status.ts"

interface Range {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

/** How objects are shown. `version` is that of `meta.k8s.io`. */
export type Form =
  | { readonly kind: "object" }
  | { readonly kind: "table" | "metadata" | "metadataList"; readonly version: "v1" | "v1beta1" }

export interface Accepted {
  readonly media: "json" | "yaml"
  readonly form: Form
}

const object: Form = { kind: "object" }
const json: Accepted = { media: "json", form: object }

const kinds: Readonly<Record<string, "table" | "metadata" | "metadataList">> = {
  Table: "table",
  PartialObjectMetadata: "metadata",
  PartialObjectMetadataList: "metadataList"
}

const rangeOf = (text: string): Range => {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim())
  const parameters = Object.fromEntries(
    rest.map((part) => {
      const [key = "", value = ""] = part.split("=")
      return [key.trim(), value.trim()]
    })
  )
  const quality = Number(parameters["q"] ?? "1")
  return { type, parameters, quality: Number.isNaN(quality) ? 1 : quality }
}

const rangesOf = (accept: string): ReadonlyArray<Range> =>
  accept
    .split(",")
    .map(rangeOf)
    .sort((a, b) => b.quality - a.quality)

const protobuf = "application/vnd.kubernetes.protobuf"
const medias: Readonly<Record<string, Accepted["media"]>> = {
  "": "json",
  "*/*": "json",
  "application/json": "json",
  "application/yaml": "yaml"
}

const formOf = ({ parameters }: Range): Form | undefined => {
  const { as, g, v } = parameters
  if (as === undefined) return object
  const kind = kinds[as]
  return kind !== undefined && g === "meta.k8s.io" && (v === "v1" || v === "v1beta1") ? { kind, version: v } : undefined
}

const chosen = (ranges: ReadonlyArray<Range>): Accepted | undefined => {
  for (const range of ranges) {
    // a header that is there and says nothing
    const media = range.type === "" ? undefined : medias[range.type]
    const form = media === undefined ? undefined : formOf(range)
    if (media !== undefined && form !== undefined) return { media, form }
  }
  return undefined
}

/** Clients send the same few headers again and again. */
const chosenBy = remembered((accept) => chosen(rangesOf(accept)), 64)

/** What the header asks for; `undefined` when nothing of it can be had. */
export const accepted = (request: Pick<KubeRequest, "accept">): Accepted | undefined => {
  const accept = request.accept ?? ""
  return accept === "" || accept === "application/json" || accept === "*/*" ? json : chosenBy(accept)
}

export const form = (request: KubeRequest): Form => accepted(request)?.form ?? object

/** What a path can answer with: a list can be streamed too; what is no object is JSON alone. */
export type Answer = "object" | "list" | "watch" | "group" | "json"

const streamed = `application/json, application/yaml, ${protobuf}, application/json;stream=watch, ${protobuf};stream=watch`

const representations: Readonly<Record<Answer, string>> = {
  object: `application/json, application/yaml, ${protobuf}`,
  group: `application/json, application/yaml, ${protobuf}`,
  watch: streamed,
  list: streamed,
  json: "application/json"
}

/** Why the header can't be met. `type` is the object's, as the refusal names it: `*core.ConfigMap`. */
export const refusal = (request: KubeRequest, answer: Answer, type: string): KubeStatus | undefined => {
  const found = accepted(request)
  if (found === undefined) {
    const routed = rangesOf(request.accept ?? "").some(({ type }) => type === protobuf || (type !== "" && medias[type] !== undefined))
    return routed || answer === "group"
      ? Status.notAcceptable(`only the following media types are accepted: ${representations.object}`)
      : Status.noRepresentation(representations[answer])
  }
  const { kind } = found.form
  if (kind === "metadata" && answer === "list") {
    return Status.notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${type}List)`)
  }
  return kind === "metadataList" && answer === "object"
    ? Status.notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${type})`)
    : undefined
}
