/** Where a webhook is: a URL, or a service. */
import * as Result from "effect/Result"
import type { JsonRecord } from "../../Json.ts"
import * as Names from "../Names.ts"
import type { Report } from "../Report.ts"
import { number, text } from "../Value.ts"

const form = "; desired format: https://host[/path]"

const parsed = (value: string): URL | undefined =>
  Result.getOrElse(
    Result.try(() => new URL(value)),
    () => undefined
  )

export const url = (value: string, path: string, report: Report): void => {
  const found = parsed(value)
  const scheme = /^([a-zA-Z][-+.a-zA-Z0-9]*):/.exec(value)?.[1]?.toLowerCase() ?? ""
  if (scheme !== "https") report.invalid(path, scheme, `'https' is the only allowed URL scheme${form}`)
  if (!/^[^:/?#]*:?\/\/[^/?#]/.test(value)) report.invalid(path, "", `host must be specified${form}`)
  if (found === undefined) return
  const user = [found.username, found.password].filter((part) => part !== "").join(":")
  if (user !== "") report.invalid(path, user, "user information is not permitted in the URL")
  if (found.hash.length > 1) report.invalid(path, found.hash.slice(1), "fragments are not permitted in the URL")
  if (found.search.length > 1) report.invalid(path, found.search.slice(1), "query parameters are not permitted in the URL")
}

/** The server takes the name for the namespace and the other way round, which its answers don't show but for their order. */
export const service = (value: JsonRecord, path: string, report: Report): void => {
  for (const [key, shown] of [
    ["namespace", "name"],
    ["name", "namespace"]
  ] as const) {
    if (text(value[key]) === "") report.required(`${path}.${shown}`)
  }
  const port = number(value["port"])
  if (port < 1 || port > 65_535) report.invalid(`${path}.port`, port, `port is not valid: ${Names.portNumber}`)
  const route = text(value["path"])
  const field = `${path}.path`
  if (route === "" || route === "/") return
  if (route === "//") return report.invalid(field, route, "segment[0] may not be empty")
  if (!route.startsWith("/")) report.invalid(field, route, "must start with a '/'")
  for (const [i, step] of route.slice(1).replace(/\/$/, "").split("/").entries()) {
    if (step === "") report.invalid(field, route, `segment[${i}] may not be empty`)
    else for (const why of Names.explain(step, Names.subdomain)) report.invalid(field, route, `segment[${i}]: ${why}`)
  }
}
