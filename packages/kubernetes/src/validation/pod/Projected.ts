/** Volumes made of other objects: `configMap`, `secret`, `downwardAPI` and the `projected` volume that holds several. */
import type { JsonRecord } from "../../Json.ts"
import { isRecord, number, records } from "../../Json.ts"
import type { Check } from "../Check.ts"
import { all, each, fileMode, required, text } from "../Check.ts"
import { localPath, notReserved } from "../Paths.ts"
import type { Report } from "../Report.ts"
import { fieldRef, resourceFieldRef } from "./FieldSelectors.ts"

const item: Check = all(required("key", "path"), localPath("path"), fileMode("mode"))

export const configMap: Check = all(required("name"), fileMode("defaultMode"), each("items", item))

export const secret: Check = all(required("secretName"), fileMode("defaultMode"), each("items", item))

const fields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"]

/** The server names the volume in its messages, not the file. */
const file: Check = (value, path, report) => {
  required("path")(value, path, report)
  localPath("path")(value, path, report)
  const { fieldRef: field, resourceFieldRef: resource } = value
  if (isRecord(field)) {
    fieldRef(field, fields, `${path}.fieldRef`, report)
    if (isRecord(resource)) report.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
  } else if (isRecord(resource)) resourceFieldRef(resource, "volume", `${path}.resourceFieldRef`, report)
  else report.required(path, "one of fieldRef and resourceFieldRef is required")
  fileMode("mode")(value, path, report)
}

export const downwardApi: Check = all(fileMode("defaultMode"), (value, path, report) => {
  for (const one of records(value["items"])) file(one, path, report)
})

const token: (value: JsonRecord, here: string, volume: string, report: Report) => void = (value, here, volume, report) => {
  const seconds = number(value["expirationSeconds"]) ?? 0
  if (seconds < 600) report.invalid(`${here}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes")
  if (seconds > 2 ** 32) report.invalid(`${here}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds")
  const path = text(value, "path")
  if (path === "") report.required(`${volume}.path`)
  else notReserved(path, `${volume}.path`, report)
}

export const projected: Check = (value, path, report) => {
  fileMode("defaultMode")(value, path, report)
  const taken = new Set<string>()
  const take = (wanted: string, shown: string): void => {
    if (wanted === "") return
    if (taken.has(wanted)) report.invalid(path, shown, "conflicting duplicate paths")
    taken.add(wanted)
  }
  for (const [i, source] of records(value["sources"]).entries()) {
    const here = `${path}.sources[${i}]`
    let kinds = 0
    for (const kind of ["secret", "configMap"]) {
      const found = source[kind]
      if (!isRecord(found)) continue
      kinds++
      required("name")(found, `${here}.${kind}`, report)
      for (const [j, one] of records(found["items"]).entries()) {
        item(one, `${here}.${kind}.items[${j}]`, report)
        take(text(one, "path"), text(found, "name"))
      }
    }
    if (isRecord(source["downwardAPI"])) {
      kinds++
      for (const one of records(source["downwardAPI"]["items"])) {
        file(one, `${here}.downwardAPI`, report)
        take(text(one, "path"), text(one, "path"))
      }
    }
    if (isRecord(source["serviceAccountToken"])) {
      kinds++
      token(source["serviceAccountToken"], `${here}.serviceAccountToken`, path, report)
    }
    if (kinds > 1) report.forbidden(here, "may not specify more than 1 volume type per source")
  }
}
