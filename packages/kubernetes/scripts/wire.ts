/**
 * Writes `src/scheme/generated/wire.json`: the fields of every type in the order of its Go struct, with what OpenAPI does not hold of
 * them, read from the Go modules. kubectl's typed commands (`create deployment`, `auth can-i`, `drain`) send protobuf; messages print objects in
 * Go's order, and name Go's types.
 *
 *     go mod download -json k8s.io/api@v0.34.4 k8s.io/apimachinery@v0.34.4 k8s.io/apiextensions-apiserver@v0.34.4 k8s.io/kube-aggregator@v0.34.4
 *     node scripts/wire.ts "$(go env GOMODCACHE)/k8s.io" v0.34.4
 *
 * A type is a text of fields apart by spaces, `name=number`, the number being protobuf's; a `?` behind the number: a zero value counts as
 * absent; a `!`: a pointer, a list or a map that is written as null when there is none; `:type` at the end: the type in Go, where it has a name and is no struct; `+type=number`: the fields of another type, which JSON has in line.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

const declaration = /^type (\w+) struct \{\n([\s\S]*?)^\}/gm
const alias = /^type (\w+) (?:string|bool|u?int\d*|float\d+|map\[\w+\][\w.]+|\[\][\w.]+)$/gm
const tagged =
  /^\t(?:\w+[ \t]+)?(?<pointer>\*|\[\]|map\[[\w.]+\])?(?<type>[\w.*[\]]+)[ \t]+`[^`]*json:"(?<json>[^"]*)"[^`]*protobuf:"\w+,(?<number>\d+),[^`]*`/gm

const packages: Readonly<Record<string, string>> = {
  metav1: "apimachinery.pkg.apis.meta.v1",
  v1: "api.core.v1",
  apiv1: "api.core.v1",
  corev1: "api.core.v1",
  types: "types"
}

const packageOf = (name: string, own: string): string => (name === "" ? own : (packages[name] ?? name))

/** As Go prints a type that has a name and is no struct, in a list or map or alone; and a map whose keys have such a type. */
const namedType = (collection: string, type: string, own: string, aliases: ReadonlySet<string>): string => {
  const [, around = "", qualifier = "", name = ""] = /^((?:\[\]|map\[\w+\])*)(?:(\w+)\.)?(\w+)$/.exec(type) ?? []
  const whole = `${packageOf(qualifier, own)}.${name}`
  const outer = collection === "*" ? "" : collection.replace(/(?<=\[)(?=[A-Z])/, `${own.slice(own.lastIndexOf(".") + 1)}.`)
  return aliases.has(whole) || /\[[A-Z]/.test(collection) ? `:${outer}${around}${whole.split(".").slice(-2).join(".")}` : ""
}

const fieldsOf = (body: string, own: string, aliases: ReadonlySet<string>): string =>
  [...body.matchAll(tagged)]
    .flatMap(({ groups }) => {
      const { json = "", number = "", pointer, type = "" } = groups ?? {}
      const [name = "", ...options] = json.split(",")
      if (options.includes("inline")) {
        const [first = "", second] = type.split(".")
        return [`+${second === undefined ? `${own}.${first}` : `${packageOf(first, own)}.${second}`}=${number}`]
      }
      if (name === "" || name === "-") return []
      const mark = options.includes("omitempty") ? (pointer === undefined ? "?" : "") : pointer === undefined ? "" : "!"
      return [`${name}=${number}${mark}${namedType(pointer ?? "", type, own, aliases)}`]
    })
    .join(" ")

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const [, , root = "", version = ""] = process.argv
  const out: Record<string, string> = {}
  const bodies: Array<readonly [prefix: string, name: string, body: string]> = []
  const aliases = new Set(["types.UID"])
  const read = Effect.fnUntraced(function* (folder: string, prefix: string) {
    for (const file of yield* fs.readDirectory(folder)) {
      if (!file.endsWith(".go") || file.startsWith("generated") || file.startsWith("zz_") || file.endsWith("_test.go")) continue
      const text = yield* fs.readFileString(`${folder}/${file}`)
      for (const [, name = "", body = ""] of text.matchAll(declaration)) bodies.push([prefix, name, body])
      for (const [, name = ""] of text.matchAll(alias)) aliases.add(`${prefix}.${name}`)
    }
  })
  const api = `${root}/api@${version}`
  for (const group of yield* fs.readDirectory(api)) {
    const folder = `${api}/${group}`
    if (group === "testdata" || (yield* fs.stat(folder)).type !== "Directory") continue
    for (const each of yield* fs.readDirectory(folder)) {
      if (/^v\d+$/.test(each)) yield* read(`${folder}/${each}`, `api.${group}.${each}`)
    }
  }
  yield* read(`${root}/apimachinery@${version}/pkg/apis/meta/v1`, "apimachinery.pkg.apis.meta.v1")
  for (const own of ["apiextensions-apiserver.pkg.apis.apiextensions.v1", "kube-aggregator.pkg.apis.apiregistration.v1"]) {
    const [module, ...folders] = own.split(".")
    yield* read(`${root}/${module}@${version}/${folders.join("/")}`, own)
  }
  for (const [prefix, name, body] of bodies) {
    const fields = fieldsOf(body, prefix, aliases)
    if (fields !== "") out[`${prefix}.${name}`] = fields
  }
  const lines = Object.entries(out)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`)
  yield* fs.writeFileString(new URL("../src/scheme/generated/wire.json", import.meta.url).pathname, `{\n${lines.join(",\n")}\n}\n`)
  yield* Effect.log(`${lines.length} types`)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
