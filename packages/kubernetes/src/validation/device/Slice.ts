/** ResourceSlices: the devices that a driver offers. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, record, records } from "../../Json.ts"
import * as Internal from "../Internal.ts"
import * as Names from "../Names.ts"
import { nodeSelector } from "../NodeSelector.ts"
import type { Report } from "../Report.ts"
import type { Rule } from "../Rule.ts"
import { immutable, number, text } from "../Value.ts"
import * as Items from "./Items.ts"

const semver = new RegExp(
  String.raw`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`
)

const longestValue = 64
const values = ["bool", "int", "string", "version"]

const attribute = (value: JsonRecord, path: string, report: Report): void => {
  const set = values.filter((key) => value[key] !== undefined)
  const { string, version } = value
  if (typeof string === "string" && Buffer.byteLength(string) > longestValue) report.tooLong(`${path}.string`, longestValue)
  if (typeof version === "string") {
    if (!semver.test(version)) report.invalid(`${path}.version`, version, "must be a string compatible with semver.org spec 2.0.0")
    if (Buffer.byteLength(version) > longestValue) report.tooLong(`${path}.version`, longestValue)
  }
  if (set.length === 0) report.required(path, "exactly one value must be specified")
  if (set.length > 1) report.invalid(path, Internal.compact("resource.DeviceAttribute", value), "exactly one value must be specified")
}

const most = 32

const device = (value: JsonRecord, path: string, report: Report): void => {
  Items.label(text(value["name"]), `${path}.name`, report)
  const count = Object.keys(record(value["attributes"])).length + Object.keys(record(value["capacity"])).length
  if (count > most) report.invalid(path, count, `the total number of attributes and capacities must not exceed ${most}`)
  for (const [key, item, here] of Items.entries(value["attributes"], `${path}.attributes`)) {
    Items.qualified(key, here, report)
    attribute(item, here, report)
  }
  for (const [key, , here] of Items.entries(value["capacity"], `${path}.capacity`)) Items.qualified(key, here, report)
}

const pool = (value: JsonRecord, report: Report): void => {
  Items.pool(value["name"], "spec.pool.name", report)
  const slices = number(value["resourceSliceCount"])
  const generation = number(value["generation"])
  if (slices <= 0) report.invalid("spec.pool.resourceSliceCount", slices, "must be greater than zero")
  if (generation < 0) report.invalid("spec.pool.generation", generation, "must be greater than or equal to zero")
}

const oneScope = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"

/** Where the devices are. */
const scope = (spec: JsonRecord, report: Report): void => {
  const set: Array<string> = []
  const { allNodes, nodeName } = spec
  if (typeof nodeName === "string" && nodeName !== "") {
    set.push("`nodeName`")
    report.each("spec.nodeName", nodeName, Names.explain(nodeName, Names.subdomain))
  } else if (nodeName === "") report.invalid("spec.nodeName", nodeName, "must be either unset or set to a non-empty string")
  if (isRecord(spec["nodeSelector"])) {
    set.push("`nodeSelector`")
    nodeSelector(spec["nodeSelector"], "spec.nodeSelector", report)
    const terms = records(spec["nodeSelector"]["nodeSelectorTerms"])
    if (terms.length !== 1) {
      const shown = terms.length === 0 ? undefined : Internal.compactList("core.NodeSelectorTerm", terms)
      report.invalid("spec.nodeSelector.nodeSelectorTerms", shown, "must have exactly one node selector term")
    }
  }
  if (allNodes === true) set.push("`allNodes`")
  else if (allNodes === false) report.invalid("spec.allNodes", false, "must be either unset or set to true")
  if (set.length === 0) report.required("spec", oneScope)
  if (set.length > 1) report.invalid("spec", `{${set.join(", ")}}`, `${oneScope}, but multiple fields are set`)
}

const mostDevices = 128

export const slice: Rule = (object, previous, report) => {
  const spec = record(object["spec"])
  Items.driver(spec["driver"], "spec.driver", report)
  pool(record(spec["pool"]), report)
  if (previous !== undefined) {
    const before = record(previous["spec"])
    immutable(text(record(spec["pool"])["name"]), text(record(before["pool"])["name"]), "spec.pool.name", report)
    immutable(text(spec["driver"]), text(before["driver"]), "spec.driver", report)
    immutable(spec["nodeName"], before["nodeName"], "spec.nodeName", report)
  }
  scope(spec, report)
  Items.named(spec["devices"], mostDevices, "name", device, "spec.devices", report)
}
