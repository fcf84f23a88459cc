import * as App from "@aiopslab/core/App"
import * as EditorSchema from "@aiopslab/core/EditorSchema"
import * as Evaluator from "@aiopslab/core/Evaluator"
import * as Fault from "@aiopslab/core/Fault"
import { labError } from "@aiopslab/core/LabError"
import * as Manifest from "@aiopslab/core/Manifest"
import * as Plan from "@aiopslab/core/Plan"
import { definePlugin } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import * as Task from "@aiopslab/core/Task"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parse } from "yaml"

const shop = App.make({
  name: "shop",
  summary: "A shop",
  config: Schema.Struct({ replicas: Schema.optionalKey(Schema.Int) }),
  install: ({ replicas = 1 }) => {
    if (replicas > 9) throw new Error("too many replicas")
    return {
      app: "shop",
      version: "1",
      namespace: "test-shop",
      manifests: [],
      topology: {
        entry: { service: "web", port: 80 },
        operations: {},
        services: {
          web: { workload: "web", container: "web", port: 80, protocol: "http", discovery: { _tag: "kubernetes" }, handlers: {} }
        }
      },
      serviceLabel: "app",
      description: "A shop.",
      digest: Effect.succeed(""),
      resetData: Effect.void
    }
  }
})

const fault = (name: string, agentRepair: "ends" | "does-not-end") =>
  Fault.make({
    name,
    summary: "Breaks a pod",
    config: Schema.Struct({ pod: Schema.String }),
    planSchema: Schema.Struct({ pod: Schema.String }),
    agentRepair,
    plan: (config) => Effect.succeed(config),
    inject: () => Effect.void,
    verify: () => Effect.void,
    keep: () => Effect.succeed("kept" as const),
    recover: () => Effect.void,
    verifyRecovered: () => Effect.void
  })

const guess = Task.make({
  name: "guess",
  summary: "Guesses",
  config: Schema.Struct({ service: Schema.String }),
  answer: Schema.String,
  evaluators: "none",
  check: ({ service }, { app, faults }) => [
    ...(Object.hasOwn(app.topology.services, service) ? [] : [{ _tag: "unknown-service" as const, path: ["service"], name: service }]),
    ...(faults.length > 0 ? [] : [{ _tag: "contradiction" as const, path: ["service"], why: "there is no fault", hint: "Add one." }])
  ],
  brief: () => ({ goal: "", submit: [] }),
  truth: ({ service }) => service,
  judge: () => Effect.fail(labError("AGENT_FAILED", { agent: "a", why: "never asked" }))
})

const repair = Task.make({
  name: "repair",
  summary: "Repairs",
  config: Schema.Struct({}),
  answer: Schema.Null,
  evaluators: "required",
  brief: () => ({ goal: "", submit: [] }),
  truth: () => null,
  judge: () => Effect.fail(labError("AGENT_FAILED", { agent: "a", why: "never asked" }))
})

const healthy = Evaluator.make({
  name: "healthy",
  summary: "Is it well?",
  config: Schema.Struct({ seconds: Schema.optionalKey(Schema.Int) }),
  evaluate: () => Effect.succeed({ evaluator: "healthy", verdict: "pass" as const, reason: "", measurements: {} })
})

const faults = definePlugin({ name: "@acme/faults", components: [fault("kill", "ends"), fault("haunt", "does-not-end")] })
const others = definePlugin({ name: "@other/faults", components: [fault("kill", "ends")] })
const rest = definePlugin({ name: "@acme/rest", components: [shop, guess, repair, healthy] })
const registry = Registry.make([definePlugin({ name: "@acme/preset", plugins: [faults, rest] }), faults])
const ambiguous = Registry.make([faults, others, rest])

const head = "apiVersion: aiopslab.dev/v1\nkind: Problem\nmetadata: { name: p }\nspec:\n"

const good = `${head}  app: { use: shop, with: { replicas: 2 } }
  faults:
    - use: kill
      with: { pod: web }
      after: 30s
  tasks:
    guess: { service: web, id: guess-1 }
    repair: { evaluators: [{ use: healthy, with: { seconds: 5 } }] }
`

const plan = (text: string, using = registry) =>
  Manifest.decodeProblem("p.yaml", text).pipe(Effect.flatMap((manifest) => Plan.resolve(manifest, using)))

const mistakes = (text: string, using = registry) =>
  plan(text, using).pipe(
    Effect.flip,
    Effect.map(({ errors }) => errors.map(({ code, location }) => `${location?.line}:${location?.column} ${code}`))
  )

describe("the registry", () => {
  it("flattens presets and holds each plugin once", () => {
    assert.deepStrictEqual(
      registry.plugins.map(({ name }) => name),
      ["@acme/preset", "@acme/faults", "@acme/rest"]
    )
    assert.deepStrictEqual(
      Registry.all(registry, "Fault").map(({ component, plugin }) => `${plugin}/${component.name}`),
      ["@acme/faults/kill", "@acme/faults/haunt"]
    )
  })

  it("a name that two plugins offer is an error that names both, unless it is written with its plugin or never asked for", () => {
    const error = Result.getOrThrow(Result.flip(Registry.lookup(ambiguous, "Fault", "kill")))
    assert.strictEqual(error.code, "PLUGIN_NAME_CONFLICT")
    assert.strictEqual(error.text, 'fault "kill" is offered by @acme/faults and @other/faults.')
    assert.strictEqual(Result.getOrThrow(Registry.lookup(ambiguous, "Fault", "@other/faults/kill")).plugin, "@other/faults")
    assert.strictEqual(Result.getOrThrow(Registry.lookup(ambiguous, "Fault", "haunt")).plugin, "@acme/faults")
  })

  it.each([
    ["kil", "kill"],
    ["@acme/fault/kill", "@acme/faults/kill"],
    ["@nobody/x/kill", "kill"],
    ["banana", undefined]
  ])("%s: did you mean %s?", (use, nearest) => {
    const error = Result.getOrThrow(Result.flip(Registry.lookup(registry, "Fault", use)))
    assert.strictEqual(error.code, "PLUGIN_UNKNOWN_COMPONENT")
    if (nearest === undefined) assert.notInclude(error.text, "Did you mean")
    else assert.include(error.text, `Did you mean "${nearest}"?`)
  })
})

describe("a plan", () => {
  it.effect("has every component and every configuration decoded", () =>
    Effect.gen(function* () {
      const found = yield* plan(good)
      assert.deepStrictEqual(found.app.config, { replicas: 2 })
      assert.strictEqual(found.app.installation.namespace, "test-shop")
      assert.deepStrictEqual(
        found.faults.map(({ config, fault, plugin }) => [plugin, fault.name, config]),
        [["@acme/faults", "kill", { pod: "web" }]]
      )
      assert.deepStrictEqual(
        found.tasks.map(({ config, id, name }) => [name, id, config]),
        [
          ["guess", "guess-1", { service: "web" }],
          ["repair", undefined, {}]
        ]
      )
      assert.deepStrictEqual(
        found.tasks[1]?.evaluators.map(({ config }) => config),
        [{ seconds: 5 }]
      )
      assert.isUndefined(found.workload)
    })
  )

  it.effect("is the same for a problem that lost its text", () =>
    Effect.gen(function* () {
      const { content } = yield* Manifest.decodeProblem("p.yaml", good)
      const found = yield* Plan.resolve(Manifest.ofProblem("p.yaml", content), registry)
      assert.deepStrictEqual(
        found.faults.map(({ config }) => config),
        [{ pod: "web" }]
      )
    })
  )

  it.effect("all mistakes are found at once, each at its place", () =>
    Effect.gen(function* () {
      const text = `${head}  app: { use: shpo }
  workload: { use: mix }
  faults:
    - use: kil
    - use: kill
      with: { pod: 5, extra: 1 }
  tasks:
    gues: { service: web }
    guess: { service: 5, evaluators: [{ use: healthy }] }
    repair: { evaluators: [{ use: helthy }, { use: healthy, with: { seconds: soon } }] }
`
      assert.deepStrictEqual(yield* mistakes(text), [
        "5:15 PLUGIN_UNKNOWN_COMPONENT",
        "6:20 PLUGIN_UNKNOWN_COMPONENT",
        "8:12 PLUGIN_UNKNOWN_COMPONENT",
        "10:20 MANIFEST_INVALID_VALUE",
        "10:23 MANIFEST_UNKNOWN_FIELD",
        "12:5 PROBLEM_UNKNOWN_TASK",
        "13:23 MANIFEST_INVALID_VALUE",
        "13:26 PROBLEM_EVALUATORS_UNUSED",
        "14:35 PLUGIN_UNKNOWN_COMPONENT",
        "14:78 MANIFEST_INVALID_VALUE"
      ])
    })
  )

  it.effect.each([
    ["no tasks", `  app: { use: shop }\n  tasks: {}\n`, ["6:3 PROBLEM_NO_TASKS"]],
    ["no evaluators", `  app: { use: shop }\n  tasks: { repair: {} }\n`, ["6:12 PROBLEM_EVALUATORS_MISSING"]],
    [
      "a fault without its configuration",
      `  app: { use: shop }\n  faults: [{ use: kill }]\n  tasks: { guess: { service: web } }\n`,
      ["6:12 MANIFEST_MISSING_FIELD"]
    ],
    [
      "an unknown service",
      `  app: { use: shop }\n  faults: [{ use: kill, with: { pod: a } }]\n  tasks: { guess: { service: wbe } }\n`,
      ["7:30 PROBLEM_UNKNOWN_SERVICE"]
    ],
    ["a contradiction", `  app: { use: shop }\n  tasks: { guess: { service: web } }\n`, ["6:30 PROBLEM_ANSWER_CONTRADICTS"]],
    [
      "a repair that no fault allows",
      `  app: { use: shop }\n  faults: [{ use: haunt, with: { pod: a } }]\n  tasks: { repair: { evaluators: [{ use: healthy }] } }\n`,
      ["7:12 PROBLEM_REPAIR_IMPOSSIBLE"]
    ],
    [
      "an app that throws",
      `  app: { use: shop, with: { replicas: 10 } }\n  tasks: { repair: { evaluators: [{ use: healthy }] } }\n`,
      ["5:8 PROBLEM_APP_FAILED"]
    ]
  ] as const)("%s", ([, spec, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* mistakes(head + spec), [...expected])
    })
  )

  it.effect("what the shape forbids in one place hides no wrong name or configuration in another", () =>
    Effect.gen(function* () {
      const text = `${head}  app: { use: shpo, use: shop, with: { replica: 2 } }
  workload: 5
  faults:
    - use: kil
      after: soon
    - use: 7
    - use: kill
      with: { pod: web, pods: 2 }
  tasks:
    guess: { service: wbe, id: 3 }
    gues: {}
    repair: { evaluators: [{ use: helthy }, 5, { use: healthy, wth: 1 }] }
  dedlines: {}
`
      const { errors } = yield* Effect.flip(Manifest.decodeProblem("p.yaml", text, Plan.mistakesIn(registry)))
      assert.deepStrictEqual(
        errors.map(({ code, location }) => `${location?.line}:${location?.column} ${code}`),
        [
          "5:15 PLUGIN_UNKNOWN_COMPONENT",
          "5:21 MANIFEST_DUPLICATE_KEY",
          "6:13 MANIFEST_INVALID_VALUE",
          "8:12 PLUGIN_UNKNOWN_COMPONENT",
          "9:14 MANIFEST_INVALID_VALUE",
          "10:12 MANIFEST_INVALID_VALUE",
          "12:25 MANIFEST_UNKNOWN_FIELD",
          "14:32 MANIFEST_INVALID_VALUE",
          "15:5 PROBLEM_UNKNOWN_TASK",
          "16:35 PLUGIN_UNKNOWN_COMPONENT",
          "16:45 MANIFEST_INVALID_VALUE",
          "16:64 MANIFEST_UNKNOWN_FIELD",
          "17:3 MANIFEST_UNKNOWN_FIELD"
        ]
      )
      assert.strictEqual(
        errors[3]?.message,
        `p.yaml:8:12: There is no fault named "kil". Did you mean "kill"? [PLUGIN_UNKNOWN_COMPONENT]
   8 |     - use: kil
     |            ^^^`
      )
    })
  )

  it.effect("a fault whose name can't be read makes no answer a contradiction", () =>
    Effect.gen(function* () {
      const text = `${head}  app: { use: shop }\n  faults: [{ use: 5 }]\n  tasks: { guess: { service: wbe } }\n`
      const { errors } = yield* Effect.flip(Manifest.decodeProblem("p.yaml", text, Plan.mistakesIn(registry)))
      assert.deepStrictEqual(
        errors.map(({ code }) => code),
        ["MANIFEST_INVALID_VALUE", "PROBLEM_UNKNOWN_SERVICE"]
      )
    })
  )

  it.effect("a matrix is looked at, too", () =>
    Effect.gen(function* () {
      const text =
        "apiVersion: aiopslab.dev/v1\nkind: Matrix\nmetadata: { name: m }\nspec: { problems: p, agents: [{ use: nobody }], cluster: { use: moon } }\n"
      const { errors } = yield* Effect.flip(Manifest.decode("m.yaml", text, Plan.mistakesIn(registry)))
      assert.deepStrictEqual(
        errors.map(({ code }) => code),
        ["MANIFEST_INVALID_VALUE", "PLUGIN_UNKNOWN_COMPONENT", "PLUGIN_UNKNOWN_COMPONENT"]
      )
    })
  )

  it.effect("a name that two plugins offer is reported where it stands", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* mistakes(good, ambiguous), ["7:12 PLUGIN_NAME_CONFLICT"])
    })
  )
})

describe("the schema for editors", () => {
  const validator = (of: Registry.Registry) =>
    new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(EditorSchema.make(of).problem)
  const validate = validator(registry)

  it.each([
    ["a good problem", good, true],
    ["the plugin's name before the component's", good.replace("use: kill", 'use: "@acme/faults/kill"'), true],
    ["an unknown fault", good.replace("use: kill", "use: kil"), false],
    ["a wrong configuration", good.replace("pod: web", "pod: 5"), false],
    ["a field too many", good.replace("pod: web", "pod: web, x: 1"), false],
    ["no configuration where one is needed", good.replace("      with: { pod: web }\n", ""), false],
    ["an unknown task", good.replace("guess:", "gues:"), false],
    ["no evaluators", good.replace("repair: {.*}", "repair: {}").replace(/evaluators: \[.*\]/u, ""), false],
    ["a wrong duration", good.replace("30s", "soon"), false],
    ["another kind", good.replace("Problem", "Suite"), false]
  ])("%s", (_, text, valid) => {
    assert.strictEqual(validate(parse(text)), valid, JSON.stringify(validate.errors))
  })

  it("an ambiguous name needs its plugin", () => {
    const schema = validator(ambiguous)
    assert.isTrue(schema(parse(good.replace("use: kill", 'use: "@other/faults/kill"'))))
  })

  it("suites and matrices have one, too", () => {
    const { matrix, suite } = EditorSchema.make(registry)
    const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false })
    assert.isTrue(ajv.validate(suite, parse("apiVersion: aiopslab.dev/v1\nkind: Suite\nmetadata: { name: s }\nspec: { problems: [p] }\n")))
    assert.isFalse(
      ajv.validate(
        matrix,
        parse("apiVersion: aiopslab.dev/v1\nkind: Matrix\nmetadata: { name: s }\nspec: { problems: [p], agents: [{ use: nobody }] }\n")
      )
    )
  })
})
