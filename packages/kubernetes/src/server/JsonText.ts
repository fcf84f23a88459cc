/** The text of a JSON answer. */
import type { WatchEvent } from "@aiopslab/core/Kubernetes"
import { goJson } from "../GoEncoder.ts"
import { isRecord } from "../Json.ts"
import { stringify } from "../KeyedJson.ts"
import { asWritten } from "./AsWritten.ts"

/** Pages that the real server writes for people. */
const pages: ReadonlySet<string> = new Set(["/", "/version", "/version/"])

/** For programs in one line, for people in many. */
export type Layout = "line" | "lines"

export const jsonText = (path: string, body: unknown, layout: Layout = "line"): string => {
  if (pages.has(path)) return stringify(body, 2)
  const isKind = isRecord(body) && typeof body["kind"] === "string"
  return layout === "lines" && isKind ? goJson(asWritten(body), 2) : `${goJson(asWritten(body))}\n`
}

export const eventText = ({ object, type }: WatchEvent): string => `{"type":"${type}","object":${goJson(asWritten(object))}}\n`
