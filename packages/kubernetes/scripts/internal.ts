/**
 * Writes `src/scheme/generated/internal.json`: the server's own structs, in which it prints parts of an object in messages (an immutable
 * pod template, the difference of two pod specs), field by field in Go's order. Read from the Go modules; OpenAPI does not hold them.
 *
 *     go mod download -json k8s.io/kubernetes@v1.34.4 k8s.io/api@v0.34.4 k8s.io/apimachinery@v0.34.4
 *     node scripts/internal.ts "$(go env GOMODCACHE)/k8s.io" 1.34.4
 *
 * A struct is a text of fields apart by spaces, `Name=json:type`: its name in Go, its name in JSON, its type. `*`, `[]` and `{}` before a
 * type: a pointer, a list, a map. `+type`: the fields of another struct, in line. A `?` behind the name: absent when empty, which
 * types of the API itself have.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

const declaration = /^type (?<name>\w+) struct \{\n(?<body>[\s\S]*?)^\}/gm
const alias = /^type (?<name>\w+) (?<type>string|u?int\d*|map\[\w+\][\w.]+)$/gm
const member = /^\t(?:(?<name>[A-Z]\w*)[ \t]+)?(?<type>[\w.*[\]]+)(?:[ \t]+`(?<tags>[^`]*)`)?[ \t]*(?:\/\/.*)?$/gm

const scalars: Readonly<Record<string, string>> = {
  "resource.Quantity": "quantity",
  "intstr.IntOrString": "intOrString",
  "metav1.Time": "time",
  "metav1.MicroTime": "time",
  "metav1.FieldsV1": "raw",
  "runtime.RawExtension": "raw",
  "types.UID": "string",
  bool: "bool",
  string: "string",
  int32: "int",
  int64: "int",
  int: "int"
}

/** What messages print. */
const roots = [
  "core.PodTemplateSpec",
  "core.PodIP",
  "core.HostIP",
  "apps.DeploymentStrategy",
  "apps.StatefulSetUpdateStrategy",
  "apps.DaemonSetUpdateStrategy",
  "batch.PodFailurePolicy",
  "batch.SuccessPolicy",
  "batch.UncountedTerminatedPods",
  "core.PersistentVolumeSource",
  "core.VolumeNodeAffinity",
  "core.ServicePort",
  "core.Taint",
  "core.Toleration",
  "core.ScopeSelector",
  "rbac.RoleRef",
  "policy.PodDisruptionBudgetSpec",
  "storage.VolumeAttachmentSpec",
  "storage.CSINodeDriver",
  "networking.ParentReference",
  "networking.ServiceCIDRSpec",
  "core.ObjectReference",
  "core.EventSource",
  "core.EventSeries",
  "resource.ResourceClaimSpec",
  "resource.ResourceClaimTemplateSpec",
  "resource.DeviceAttribute"
]

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const [, , root = "", version = ""] = process.argv
  const minor = version.slice(version.indexOf(".") + 1)
  const text = (path: string) => fs.readFileString(`${root}/${path}`)
  const structs = new Map<string, string>()
  const aliases = new Map<string, string>()
  /** `v1.Container.TTY` → `tty`. */
  const names = new Map<string, string>()

  const read = (source: string, own: string) => {
    for (const { groups } of source.matchAll(declaration)) structs.set(`${own}.${groups?.["name"] ?? ""}`, groups?.["body"] ?? "")
    for (const { groups } of source.matchAll(alias)) aliases.set(`${own}.${groups?.["name"] ?? ""}`, groups?.["type"] ?? "")
  }
  for (const group of ["core", "apps", "batch", "rbac", "policy", "storage", "networking", "resource"]) {
    read(yield* text(`kubernetes@v${version}/pkg/apis/${group}/types.go`), group)
    for (const { groups } of (yield* text(`api@v0.${minor}/${group}/v1/types.go`)).matchAll(declaration)) {
      for (const { groups: field } of (groups?.["body"] ?? "").matchAll(member)) {
        const json = /json:"(?<json>\w*)/.exec(field?.["tags"] ?? "")?.groups?.["json"] ?? ""
        if (json !== "") names.set(`${group}.${groups?.["name"] ?? ""}.${field?.["name"] ?? ""}`, json)
      }
    }
  }
  read(yield* text(`apimachinery@v0.${minor}/pkg/apis/meta/v1/types.go`), "metav1")

  const typeOf = (type: string, own: string): string => {
    if (type.startsWith("*")) return `*${typeOf(type.slice(1), own)}`
    if (type.startsWith("[]")) return `[]${typeOf(type.slice(2), own)}`
    const map = /^map\[[\w.]+\](?<values>.*)$/.exec(type)?.groups?.["values"]
    if (map !== undefined) return `{}${typeOf(map, own)}`
    const full = (type.includes(".") ? type : `${own}.${type}`).replace(/^api\./, "core.")
    const scalar = scalars[type] ?? scalars[full]
    if (scalar !== undefined) return scalar
    const aliased = aliases.get(full)
    return aliased === undefined ? full : typeOf(aliased, own)
  }

  const out: Record<string, string> = {}
  const write = (name: string): void => {
    const body = structs.get(name)
    if (body === undefined || out[name] !== undefined) return
    const own = name.slice(0, name.indexOf("."))
    out[name] = ""
    out[name] = [...body.matchAll(member)]
      .map(({ groups }) => {
        const { name: field, tags = "" } = groups ?? {}
        const type = typeOf(groups?.["type"] ?? "", own)
        write(type.replaceAll(/^[*[\]{}]+/g, ""))
        if (field === undefined) return `+${type}`
        const [json, ...options] = (/json:"(?<json>[^"]*)"/.exec(tags)?.groups?.["json"] ?? "").split(",")
        if (own === "metav1") return `${json}${options.some((option) => option.startsWith("omit")) ? "?" : ""}=${json}:${type}`
        const known = names.get(`${name}.${field}`) ?? `${field.charAt(0).toLowerCase()}${field.slice(1)}`
        return `${field}=${known}:${type}`
      })
      .join(" ")
  }
  for (const name of roots) write(name)
  const lines = Object.entries(out)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`)
  yield* fs.writeFileString(new URL("../src/scheme/generated/internal.json", import.meta.url).pathname, `{\n${lines.join(",\n")}\n}\n`)
  yield* Effect.log(`${lines.length} structs`)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
