/** The body of an HTTP message: JSON is the value that it says, anything else the text. */
import type { Json } from "@aiopslab/core/Kubernetes"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

export const payloadOf = (body: string): Json => Option.getOrElse(decodeJson(body), () => body)
