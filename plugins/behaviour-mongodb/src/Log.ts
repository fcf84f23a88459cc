/** Lines of mongod's log in 4.4's JSON form: fields, components and ids are the real ones. */
import type { ProgramEffect } from "@aiopslab/core/Behaviour"
import type { Json } from "@aiopslab/core/Kubernetes"

type Component = "CONTROL" | "NETWORK" | "STORAGE" | "ACCESS" | "-"

export const log = (
  now: number,
  component: Component,
  id: number,
  context: string,
  message: string,
  attributes?: { readonly [key: string]: Json },
  severity: "I" | "W" = "I"
): ProgramEffect => {
  const date = new Date(now).toISOString().replace("Z", "+00:00")
  const tail = attributes === undefined ? "" : `,"attr":${JSON.stringify(attributes)}`
  const padded = `${JSON.stringify(component)},`.padEnd(11)
  return {
    _tag: "Log",
    stream: "stdout",
    line: `{"t":{"$date":"${date}"},"s":"${severity}",  "c":${padded} "id":${String(id)},${" ".repeat(Math.max(0, 8 - String(id).length))}"ctx":"${context}","msg":${JSON.stringify(message)}${tail}}`
  }
}
