/**
 * Writes `src/scheme/generated/data.json`: the structure of every built-in type and resource of a real kube-apiserver, read from its OpenAPI v3
 * documents and discovery. Structure only: descriptions are left behind.
 *
 *     ../shared/kind-kit/apiserver start /tmp/api
 *     KUBECONFIG=/tmp/api/kubeconfig node scripts/openapi.ts <path of kubectl>
 *
 * `src/scheme/DataFile.ts` reads the format; a type is written as
 *   scalar      `string`, `integer:int32`, `string/A|B` (enum), `any`, `string=""` (with a default)
 *   reference   `#api.core.v1.PodSpec`, `#api.core.v1.PodSpec={}`
 *   list        `[list type(map keys) strategy(merge key)]item`, parts left out when absent
 *   map         `{map type}value`
 *   struct      `{ "p": fields, "r"?: required, "m"?: map type, "u"?: unions }`
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"

interface Node {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly allOf?: ReadonlyArray<Node>
  readonly oneOf?: ReadonlyArray<Node>
  readonly items?: Node
  readonly additionalProperties?: Node
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: ReadonlyArray<string>
  readonly enum?: ReadonlyArray<string>
  readonly default?: unknown
  readonly "x-kubernetes-list-type"?: string
  readonly "x-kubernetes-list-map-keys"?: ReadonlyArray<string>
  readonly "x-kubernetes-map-type"?: string
  readonly "x-kubernetes-patch-strategy"?: string
  readonly "x-kubernetes-patch-merge-key"?: string
  readonly "x-kubernetes-unions"?: unknown
  readonly "x-kubernetes-group-version-kind"?: unknown
}

const Text = Schema.String
const Keys = Schema.optionalKey(Schema.Array(Text))
const Node: Schema.Codec<Node> = Schema.Struct({
  type: Schema.optionalKey(Text),
  format: Schema.optionalKey(Text),
  $ref: Schema.optionalKey(Text),
  allOf: Schema.optionalKey(Schema.Array(Schema.suspend(() => Node))),
  oneOf: Schema.optionalKey(Schema.Array(Schema.suspend(() => Node))),
  items: Schema.optionalKey(Schema.suspend(() => Node)),
  additionalProperties: Schema.optionalKey(Schema.suspend(() => Node)),
  properties: Schema.optionalKey(
    Schema.Record(
      Text,
      Schema.suspend(() => Node)
    )
  ),
  required: Keys,
  enum: Keys,
  default: Schema.optionalKey(Schema.Unknown),
  "x-kubernetes-list-type": Schema.optionalKey(Text),
  "x-kubernetes-list-map-keys": Keys,
  "x-kubernetes-map-type": Schema.optionalKey(Text),
  "x-kubernetes-patch-strategy": Schema.optionalKey(Text),
  "x-kubernetes-patch-merge-key": Schema.optionalKey(Text),
  "x-kubernetes-unions": Schema.optionalKey(Schema.Unknown),
  "x-kubernetes-group-version-kind": Schema.optionalKey(Schema.Unknown)
})
const Gvk = Schema.Struct({ group: Text, version: Text, kind: Text })
const Gvks = Schema.decodeUnknownEffect(Schema.Array(Gvk))

const Index = Schema.Struct({ paths: Schema.Record(Text, Schema.Struct({ serverRelativeURL: Text })) })
const Document = Schema.Struct({
  components: Schema.optionalKey(Schema.Struct({ schemas: Schema.optionalKey(Schema.Record(Text, Node)) }))
})
const Version = Schema.Struct({ gitVersion: Text })
const GroupList = Schema.Struct({
  groups: Schema.Array(Schema.Struct({ name: Text, versions: Schema.Array(Schema.Struct({ version: Text })) }))
})
const ResourceList = Schema.Struct({
  resources: Schema.Array(
    Schema.Struct({
      name: Text,
      singularName: Text,
      namespaced: Schema.Boolean,
      kind: Text,
      group: Schema.optionalKey(Text),
      version: Schema.optionalKey(Text),
      verbs: Schema.Array(Text),
      shortNames: Keys,
      categories: Keys,
      storageVersionHash: Schema.optionalKey(Text)
    })
  )
})

const refName = (ref: string): string => ref.replace("#/components/schemas/io.k8s.", "#")
const withDefault = (node: Node): string => (node.default === undefined ? "" : `=${JSON.stringify(node.default)}`)
const strategy = (node: Node): string => {
  const key = node["x-kubernetes-patch-merge-key"]
  const name = node["x-kubernetes-patch-strategy"] ?? (key === undefined ? undefined : "replace")
  return name === undefined ? "" : ` ${name}${key === undefined ? "" : `(${key})`}`
}

const expression = (node: Node): string => {
  const ref = node.$ref ?? node.allOf?.[0]?.$ref
  if (ref !== undefined) {
    const map = node["x-kubernetes-map-type"] ?? node["x-kubernetes-list-type"]
    const extra = `${map === undefined ? "" : map}${strategy(node)}`
    return `${extra === "" ? "" : `<${extra.trim()}>`}${refName(ref)}${withDefault(node)}`
  }
  if (node.items !== undefined) {
    const keys = node["x-kubernetes-list-map-keys"]
    const list = node["x-kubernetes-list-type"]
    const head = `${list === undefined ? "" : list}${keys !== undefined ? `(${keys.join(",")})` : ""}${strategy(node)}`
    return `[${head.trim()}]${expression(node.items)}`
  }
  if (node.additionalProperties !== undefined) {
    return `{${node["x-kubernetes-map-type"] ?? ""}}${expression(node.additionalProperties)}`
  }
  const scalar =
    node.format === "int-or-string"
      ? node.format
      : node.oneOf !== undefined
        ? node.oneOf.map((one) => one.type).join("-or-")
        : node.type === undefined
          ? "any"
          : node.format === undefined
            ? node.type
            : `${node.type}:${node.format}`
  return `${scalar}${node.enum === undefined ? "" : `/${node.enum.join("|")}`}${withDefault(node)}`
}

const definition = (node: Node) =>
  node.properties === undefined
    ? expression(node)
    : {
        p: Object.fromEntries(Object.entries(node.properties).map(([name, field]) => [name, expression(field)])),
        ...(node.required === undefined ? {} : { r: node.required }),
        ...(node["x-kubernetes-map-type"] === undefined ? {} : { m: node["x-kubernetes-map-type"] }),
        ...(node["x-kubernetes-unions"] === undefined ? {} : { u: node["x-kubernetes-unions"] })
      }

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const kubectl = process.argv[2] ?? "kubectl"
  const get = <A>(schema: Schema.Codec<A>, path: string) =>
    spawner
      .string(ChildProcess.make(kubectl, ["get", "--raw", path]))
      .pipe(Effect.flatMap(Schema.decodeUnknownEffect(Schema.fromJsonString(schema))))

  const { gitVersion } = yield* get(Version, "/version")
  const { paths } = yield* get(Index, "/openapi/v3")
  const types: Record<string, unknown> = {}
  const kinds: Record<string, string> = {}
  for (const { serverRelativeURL } of Object.values(paths)) {
    const document = yield* get(Document, serverRelativeURL)
    for (const [name, node] of Object.entries(document.components?.schemas ?? {})) {
      const short = name.replace("io.k8s.", "")
      types[short] = definition(node)
      const gvks = node["x-kubernetes-group-version-kind"]
      if (gvks === undefined || short.startsWith("apimachinery.")) continue
      for (const gvk of yield* Gvks(gvks)) kinds[`${gvk.group}/${gvk.version}/${gvk.kind}`] = short
    }
  }

  const { groups } = yield* get(GroupList, "/apis")
  const discovery = []
  for (const group of [{ name: "", versions: [{ version: "v1" }] }, ...groups]) {
    for (const { version } of group.versions) {
      const { resources } = yield* get(ResourceList, group.name === "" ? `/api/${version}` : `/apis/${group.name}/${version}`)
      discovery.push({ group: group.name, version, resources })
    }
  }

  const sorted = (record: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  const out = new URL("../src/scheme/generated/data.json", import.meta.url).pathname
  const lines = (record: Readonly<Record<string, unknown>>) =>
    Object.entries(sorted(record))
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(",\n")
  yield* fs.writeFileString(
    out,
    `{"version":${JSON.stringify(gitVersion)},\n"discovery":[\n${discovery.map((d) => JSON.stringify(d)).join(",\n")}\n],\n` +
      `"kinds":{\n${lines(kinds)}\n},\n"types":{\n${lines(types)}\n}}\n`
  )
  yield* Effect.log(`${Object.keys(types).length} types, ${Object.keys(kinds).length} kinds`)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
