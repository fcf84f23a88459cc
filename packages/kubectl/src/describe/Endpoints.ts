/** The addresses behind a port of a service. */
import * as Fields from "../Fields.ts"

export const slices = { group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice", namespaced: true }

/** Addresses shown before the rest is only counted. */
const shown = 3

export const addresses = (of: ReadonlyArray<unknown>, portName: string): string => {
  if (of.length === 0) return "<none>"
  const all = of.flatMap((slice) => {
    const ready = Fields.list(slice, "endpoints").filter((endpoint) => Fields.at(endpoint, "conditions", "ready") !== false)
    const ports = Fields.list(slice, "ports")
    if (ports.length === 0) return ready.map((endpoint) => Fields.text(endpoint, "addresses", 0))
    return ports
      .filter((port) => Fields.text(port, "name") === portName)
      .flatMap((port) =>
        ready.flatMap((endpoint) => Fields.list(endpoint, "addresses").map((address) => `${String(address)}:${Fields.text(port, "port")}`))
      )
  })
  return all.length > shown ? `${all.slice(0, shown).join(",")} + ${all.length - shown} more...` : all.join(",")
}
