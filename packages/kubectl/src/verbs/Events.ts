/** `kubectl events`. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { bool, int, short, text, texts } from "../CommandLine.ts"
import { interval } from "../describe/Events.ts"
import { failure } from "../Failure.ts"
import * as Fields from "../Fields.ts"
import { resourceNamed, type Verb } from "../Invocation.ts"
import { json, listOf } from "../output/Printer.ts"
import { align, tableLayout } from "../output/Tabs.ts"
import { yaml } from "../output/Yaml.ts"
import { allNamespacesFlag } from "../Selection.ts"

export const events: Verb = {
  flags: {
    ...allNamespacesFlag,
    for: text,
    types: texts,
    output: short("o", text),
    "no-headers": bool,
    watch: short("w", bool),
    "chunk-size": int
  },
  run: Effect.fnUntraced(function* (inv) {
    const { line } = inv
    if (line.isSet("watch")) return yield* failure("a watch would not end here: run the command again")
    const everywhere = line.isSet("all-namespaces")
    const subject = line.text("for")
    const slash = subject?.indexOf("/") ?? -1
    const query: Record<string, string> = {}
    if (subject !== undefined) {
      if (slash <= 0) return yield* failure(`--for must be in resource/name form`)
      const { kind } = yield* resourceNamed(inv, subject.slice(0, slash))
      query["fieldSelector"] = `involvedObject.kind=${kind},involvedObject.name=${subject.slice(slash + 1)}`
    }
    const types = line.texts("types").map((type) => type.toLowerCase())
    if (types.some((type) => type !== "normal" && type !== "warning")) return yield* failure("valid --types are Normal or Warning")
    const reply = yield* inv.api.request({ method: "GET", path: pathOf(resources.events, everywhere ? undefined : inv.namespace), query })
    const when = (event: unknown): number =>
      Fields.time(event, "series", "lastObservedTime") ?? Fields.time(event, "lastTimestamp") ?? Fields.time(event, "eventTime") ?? 0
    const found = Fields.list(reply.body, "items")
      .filter((event) => types.length === 0 || types.includes(Fields.text(event, "type").toLowerCase()))
      .toSorted((a, b) => when(a) - when(b))
    const output = line.text("output")
    if (output === "json" || output === "yaml") {
      const objects = found.map((event) => ({ apiVersion: "v1", kind: "Event", ...Fields.record(event) })).filter(Fields.isObject)
      inv.out(output === "json" ? json(listOf(objects)) : yaml(listOf(objects)))
      return 0
    }
    if (found.length === 0) {
      inv.err(everywhere ? "No events found.\n" : `No events found in ${inv.namespace} namespace.\n`)
      return 0
    }
    const now = yield* Clock.currentTimeMillis
    const rows = found.map((event) =>
      [
        ...(everywhere ? [Fields.text(event, "metadata", "namespace")] : []),
        interval(event, now),
        Fields.text(event, "type"),
        Fields.text(event, "reason"),
        `${Fields.text(event, "involvedObject", "kind")}/${Fields.text(event, "involvedObject", "name")}`,
        Fields.text(event, "message").trim()
      ].join("\t")
    )
    const header = [...(everywhere ? ["NAMESPACE"] : []), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"].join("\t")
    inv.out(align([...(line.isSet("no-headers") ? [] : [header]), ...rows, ""].join("\n"), tableLayout))
    return 0
  })
}
