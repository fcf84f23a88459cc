/** Volumes of a pod. */
import * as Fields from "../Fields.ts"
import type { Page } from "./Page.ts"

type Pairs = ReadonlyArray<readonly [string, string]>

const optional = (of: unknown): string => String(Fields.at(of, "optional") === true)

const projected = (source: unknown): Pairs => {
  const out: Array<readonly [string, string]> = [["Type", "Projected (a volume that contains injected data from multiple sources)"]]
  for (const one of Fields.list(source, "sources")) {
    const [secret, down, map, token] = ["secret", "downwardAPI", "configMap", "serviceAccountToken"].map((key) => Fields.at(one, key))
    if (secret !== undefined) out.push(["SecretName", Fields.text(secret, "name")], ["Optional", optional(secret)])
    else if (down !== undefined) out.push(["DownwardAPI", "true"])
    else if (map !== undefined) out.push(["ConfigMapName", Fields.text(map, "name")], ["Optional", optional(map)])
    else if (token !== undefined) out.push(["TokenExpirationSeconds", Fields.text(token, "expirationSeconds")])
  }
  return out
}

const kinds: Readonly<Record<string, (source: unknown) => Pairs>> = {
  hostPath: (of) => [
    ["Type", "HostPath (bare host directory volume)"],
    ["Path", Fields.text(of, "path")],
    ["HostPathType", Fields.text(of, "type")]
  ],
  emptyDir: (of) => [
    ["Type", "EmptyDir (a temporary directory that shares a pod's lifetime)"],
    ["Medium", Fields.text(of, "medium")],
    ["SizeLimit", Fields.text(of, "sizeLimit") || "<unset>"]
  ],
  secret: (of) => [
    ["Type", "Secret (a volume populated by a Secret)"],
    ["SecretName", Fields.text(of, "secretName")],
    ["Optional", optional(of)]
  ],
  configMap: (of) => [
    ["Type", "ConfigMap (a volume populated by a ConfigMap)"],
    ["Name", Fields.text(of, "name")],
    ["Optional", optional(of)]
  ],
  persistentVolumeClaim: (of) => [
    ["Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"],
    ["ClaimName", Fields.text(of, "claimName")],
    ["ReadOnly", String(Fields.at(of, "readOnly") === true)]
  ],
  nfs: (of) => [
    ["Type", "NFS (an NFS mount that lasts the lifetime of a pod)"],
    ["Server", Fields.text(of, "server")],
    ["Path", Fields.text(of, "path")],
    ["ReadOnly", String(Fields.at(of, "readOnly") === true)]
  ],
  projected
}

/** The lines about one source, of a volume or a persistent volume. */
export const source = (volume: unknown): Pairs => {
  for (const [kind, pairs] of Object.entries(kinds)) {
    const of = Fields.at(volume, kind)
    if (of !== undefined) return pairs(of)
  }
  return []
}

export const volumes = (page: Page, of: ReadonlyArray<unknown>, { template }: { readonly template: boolean }): void => {
  const space = template ? "  " : ""
  if (of.length === 0) return page.field(0, `${space}Volumes`, "<none>")
  page.text(`${space}Volumes:\n`)
  for (const volume of of) {
    page.text(`  ${template ? " " : ""}${Fields.text(volume, "name")}:\n`)
    const pairs = source(volume)
    if (pairs.length === 0) page.line(2, "<unknown>")
    for (const [name, value] of pairs) page.field(2, name, value)
  }
}
