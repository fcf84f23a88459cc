/**
 * JSON Schemas (draft-07) of the manifests for editors, made from the installed plugins: `use` completes to their components and decides
 * what `with` may hold. What needs more than one place of a manifest to see (a contradiction, a wrong service) only `Plan` finds.
 */
import * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import { Matrix, Suite } from "./Matrix.ts"
import { Problem } from "./Problem.ts"
import * as Registry from "./Registry.ts"

export type Json = { readonly [key: string]: unknown }

type Configured = Exclude<Registry.Kind, "Behaviour" | "Reporter" | "Task">

interface Definitions {
  readonly [name: string]: unknown
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const child = (schema: unknown, key: string): Json => (isJson(schema) && isJson(schema[key]) ? schema[key] : {})

const refPrefix = "#/definitions/"

/** References of a component's own definitions get its name, so that two components' definitions never meet. */
const rename = (value: unknown, prefix: string): unknown => {
  if (Array.isArray(value)) return value.map((each) => rename(each, prefix))
  if (!isJson(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      key === "$ref" && typeof each === "string" && each.startsWith(refPrefix)
        ? [key, `${refPrefix}${prefix}${each.slice(refPrefix.length)}`]
        : [key, rename(each, prefix)]
    )
  )
}

const draft07 = (schema: Schema.Constraint) =>
  JsonSchema.toDocumentDraft07(Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" }))

/** A mapping without fields takes none; the generator leaves it open. */
const closed = (schema: Json): Json =>
  Object.keys(schema).length === 0 ||
  (schema["type"] === "object" && schema["properties"] === undefined && schema["additionalProperties"] === undefined)
    ? { type: "object", additionalProperties: false }
    : schema

/** The schema of a component's configuration, and the definitions that it refers to. */
const configOf = (owned: Registry.Owned<Registry.OfKind<Configured | "Task">>): readonly [schema: Json, definitions: Definitions] => {
  const { component } = owned
  const prefix = `${component._tag}.${component.name}.`
  const document = draft07(component.config)
  const definitions = Object.entries(document.definitions).map(([name, each]) => [`${prefix}${name}`, rename(each, prefix)])
  const renamed = rename(document.schema, prefix)
  return [closed(isJson(renamed) ? renamed : {}), Object.fromEntries(definitions)]
}

/** `{ use, with }`, where `use` decides about `with`. */
const useOf = (registry: Registry.Registry, kind: Configured, more: Json = {}): readonly [schema: Json, definitions: Definitions] => {
  const owned = Registry.all(registry, kind)
  const configs = owned.map((each) => ({ ...each, config: configOf(each) }))
  const short = owned.map(({ component }) => component.name)
  const names = [...new Set(short), ...owned.map(({ component, plugin }) => `${plugin}/${component.name}`)]
  const alternatives = configs.map(({ component, config: [config], plugin }) => {
    const unique = short.filter((name) => name === component.name).length === 1
    const fields = config["required"]
    return {
      if: { properties: { use: { enum: [...(unique ? [component.name] : []), `${plugin}/${component.name}`] } }, required: ["use"] },
      then: {
        properties: { with: { ...config, description: component.summary } },
        ...(Array.isArray(fields) && fields.length > 0 ? { required: ["with"] } : {})
      }
    }
  })
  const schema = {
    type: "object",
    properties: {
      use: names.length === 0 ? { not: {} } : { enum: names, description: `Which ${Registry.kindName[kind]}.` },
      with: {},
      ...more
    },
    required: ["use"],
    additionalProperties: false,
    ...(alternatives.length > 0 ? { allOf: alternatives } : {})
  }
  return [schema, Object.assign({}, ...configs.map(({ config: [, definitions] }) => definitions))]
}

const taskOf = (
  owned: Registry.Owned<Registry.OfKind<"Task">>,
  entry: Json,
  evaluator: Json
): readonly [schema: Json, definitions: Definitions] => {
  const [config, definitions] = configOf(owned)
  const judgedLive = owned.component.evaluators === "required"
  const own = config["required"]
  const schema = {
    type: "object",
    description: owned.component.summary,
    properties: {
      ...child(config, "properties"),
      id: child(child(entry, "properties"), "id"),
      ...(judgedLive ? { evaluators: { type: "array", minItems: 1, items: evaluator } } : {})
    },
    required: [...(Array.isArray(own) ? own : []), ...(judgedLive ? ["evaluators"] : [])],
    additionalProperties: false
  }
  return [schema, definitions]
}

/** The schema with other properties below `spec`. */
const document = (title: string, of: Schema.Constraint, replace: (spec: Json) => Json, definitions: Definitions): Json => {
  const { definitions: own, schema } = draft07(of)
  const properties = child(schema, "properties")
  const spec = child(properties, "spec")
  const fields = child(spec, "properties")
  return {
    $schema: JsonSchema.META_SCHEMA_URI_DRAFT_07,
    title,
    ...schema,
    properties: { ...properties, spec: { ...spec, properties: { ...fields, ...replace(fields) } } },
    definitions: { ...own, ...definitions }
  }
}

const problem = (registry: Registry.Registry): Json => {
  const { schema } = draft07(Problem)
  const fields = child(child(child(schema, "properties"), "spec"), "properties")
  const entry = child(child(fields, "tasks"), "additionalProperties")
  const after = child(child(child(child(fields, "faults"), "items"), "properties"), "after")
  const [app, appDefinitions] = useOf(registry, "App")
  const [workload, workloadDefinitions] = useOf(registry, "Workload")
  const [fault, faultDefinitions] = useOf(registry, "Fault", { after })
  const [evaluator, evaluatorDefinitions] = useOf(registry, "Evaluator")
  const tasks = Registry.all(registry, "Task").map((owned) => [owned.component.name, ...taskOf(owned, entry, evaluator)] as const)
  const replace = () => ({
    app,
    workload,
    faults: { type: "array", items: fault },
    tasks: {
      type: "object",
      properties: Object.fromEntries(tasks.map(([name, task]) => [name, task])),
      minProperties: 1,
      additionalProperties: false
    }
  })
  const definitions = [appDefinitions, workloadDefinitions, faultDefinitions, evaluatorDefinitions, ...tasks.map(([, , each]) => each)]
  return document("A problem of AIOpsLab", Problem, replace, Object.assign({}, ...definitions))
}

const matrix = (registry: Registry.Registry): Json => {
  const [agent, agentDefinitions] = useOf(registry, "Agent")
  const [cluster, clusterDefinitions] = useOf(registry, "ClusterProvider")
  const replace = () => ({ agents: { type: "array", items: agent }, cluster })
  return document("A matrix of AIOpsLab", Matrix, replace, { ...agentDefinitions, ...clusterDefinitions })
}

/** The schemas by kind of manifest. The same plugins give the same bytes under `JSON.stringify`. */
export const make = (registry: Registry.Registry): { readonly problem: Json; readonly suite: Json; readonly matrix: Json } => ({
  problem: problem(registry),
  suite: document("A suite of AIOpsLab", Suite, () => ({}), {}),
  matrix: matrix(registry)
})
