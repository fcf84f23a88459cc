/**
 * Writes `src/scheme/generated/wire.json`: the protobuf numbers of the fields of every type, read from the struct tags of the Go
 * modules. OpenAPI does not hold them, and kubectl's typed commands (`create deployment`, `auth can-i`, `drain`) send protobuf.
 *
 *     go mod download -json k8s.io/api@v0.34.4 k8s.io/apimachinery@v0.34.4
 *     node scripts/wire.ts "$(go env GOMODCACHE)/k8s.io" v0.34.4
 *
 * A type is a text of fields apart by spaces, `name=number`; a `?` behind the number: a zero value counts as absent; `+type=number`: the
 * fields of another type, which JSON has in line.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

const declaration = /^type (\w+) struct \{\n([\s\S]*?)^\}/gm
const tagged =
  /^\t(?:\w+[ \t]+)?(?<pointer>\*|\[\]|map\[[\w.]+\])?(?<type>[\w.*[\]]+)[ \t]+`[^`]*json:"(?<json>[^"]*)"[^`]*protobuf:"\w+,(?<number>\d+),[^`]*`/gm

const packageOf = (alias: string, own: string): string =>
  alias === "" ? own : alias === "metav1" ? "apimachinery.pkg.apis.meta.v1" : alias === "v1" ? "api.core.v1" : alias

const fieldsOf = (body: string, own: string): string =>
  [...body.matchAll(tagged)]
    .flatMap(({ groups }) => {
      const { json = "", number = "", pointer, type = "" } = groups ?? {}
      const [name = "", ...options] = json.split(",")
      if (options.includes("inline")) {
        const [first = "", second] = type.split(".")
        return [`+${second === undefined ? `${own}.${first}` : `${packageOf(first, own)}.${second}`}=${number}`]
      }
      if (name === "" || name === "-") return []
      return [`${name}=${number}${pointer === undefined && options.includes("omitempty") ? "?" : ""}`]
    })
    .join(" ")

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const [, , root = "", version = ""] = process.argv
  const out: Record<string, string> = {}
  const read = Effect.fnUntraced(function* (folder: string, prefix: string) {
    for (const file of yield* fs.readDirectory(folder)) {
      if (!file.endsWith(".go") || file.startsWith("generated") || file.startsWith("zz_") || file.endsWith("_test.go")) continue
      const text = yield* fs.readFileString(`${folder}/${file}`)
      for (const [, name = "", body = ""] of text.matchAll(declaration)) {
        const fields = fieldsOf(body, prefix)
        if (fields !== "") out[`${prefix}.${name}`] = fields
      }
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
  const lines = Object.entries(out)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`)
  yield* fs.writeFileString(new URL("../src/scheme/generated/wire.json", import.meta.url).pathname, `{\n${lines.join(",\n")}\n}\n`)
  yield* Effect.log(`${lines.length} types`)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
