import { assert, describe, it } from "@effect/vitest"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import { at } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import * as Bare from "./Bare.ts"

const registration = "/apis/admissionregistration.k8s.io/v1"
const deployments = "/apis/apps/v1/namespaces/default/deployments"

const matchConstraints = {
  resourceRules: [{ apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] }]
}

const bound = Effect.fnUntraced(function* (bare: Bare.Bare, spec: object, binding: object = {}, name = "p") {
  const apiVersion = "admissionregistration.k8s.io/v1"
  yield* bare.create(`${registration}/validatingadmissionpolicies`, {
    apiVersion,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: { matchConstraints, ...spec }
  })
  yield* bare.create(`${registration}/validatingadmissionpolicybindings`, {
    apiVersion,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: `b-${name}` },
    spec: { policyName: name, validationActions: ["Deny"], ...binding }
  })
})

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 5,
    selector: { matchLabels: { a: "b" } },
    template: {
      metadata: { labels: { a: "b" } },
      spec: { containers: [{ name: "x", image: "yyy", resources: { requests: { memory: "2Gi" } } }] }
    }
  }
}

const few = "object.spec.replicas <= 3"
const annotated = 'object.metadata.annotations["x"] == "y"'
/** Counts to a hundred thousand, which costs a few hundred thousand. */
const hundred = `[${Array.from({ length: 100 }, (_, i) => i).join(",")}]`
const dear = `${hundred}.all(a, ${hundred}.all(b, ["x", "y", "z"].all(c, a != 200)))`
const tooDear = `${hundred}.all(a, ${dear})`
const configMap = { apiVersion: "v1", kind: "ConfigMap" }

/** What kube-apiserver 1.34 says to the same deployment; `undefined`: it is created. */
const cases: ReadonlyArray<readonly [string, object, object, string | undefined]> = [
  ["an expression that is false", { validations: [{ expression: few }] }, {}, `failed expression: ${few}`],
  ["a message", { validations: [{ expression: few, message: " too many " }] }, {}, "too many"],
  [
    "variables and a computed message",
    {
      variables: [{ name: "cs", expression: "object.spec.template.spec.containers" }],
      validations: [
        {
          expression: 'variables.cs.all(c, !c.name.startsWith("x"))',
          messageExpression: '"bad " + variables.cs[0].name + " by " + request.userInfo.username'
        }
      ]
    },
    {},
    "bad x by kubernetes-admin"
  ],
  [
    "an expression that fails",
    { validations: [{ expression: annotated }] },
    {},
    `expression '${annotated}' resulted in error: no such key: annotations`
  ],
  [
    "an expression that costs too much",
    { validations: [{ expression: tooDear }] },
    {},
    `expression '${tooDear}' resulted in error: operation cancelled: actual cost limit exceeded`
  ],
  ["an expression that costs too much, ignored", { failurePolicy: "Ignore", validations: [{ expression: tooDear }] }, {}, undefined],
  [
    "expressions that cost too much together",
    { validations: Array.from({ length: 60 }, () => ({ expression: dear })) },
    {},
    "validation failed due to running out of cost budget, no further validation rules will be run"
  ],
  [
    "a condition that costs too much",
    { matchConditions: [{ name: "dear", expression: tooDear }], validations: [{ expression: "true" }] },
    {},
    `expression '${tooDear}' resulted in error: operation cancelled: actual cost limit exceeded`
  ],
  [
    "messages that cost too much together",
    { validations: Array.from({ length: 30 }, () => ({ expression: dear, messageExpression: `${dear} ? "a" : "b"` })) },
    {},
    "failed messageExpression: validation failed due to running out of cost budget, no further validation rules will be run"
  ],
  ["an expression that fails, ignored", { failurePolicy: "Ignore", validations: [{ expression: annotated }] }, {}, undefined],
  [
    "a variable that fails",
    { variables: [{ name: "v", expression: "object.spec.nothing" }], validations: [{ expression: "variables.v == 1" }] },
    {},
    "expression 'variables.v == 1' resulted in error: composited variable \"v\" fails to evaluate: no such key: nothing"
  ],
  [
    "parameters",
    {
      paramKind: configMap,
      validations: [{ expression: "object.spec.replicas <= int(params.data.max)", messageExpression: '"at most " + params.data.max' }]
    },
    { paramRef: { name: "params", namespace: "default", parameterNotFoundAction: "Deny" } },
    "at most 4"
  ],
  [
    "parameters chosen by label, each of which has its say",
    {
      paramKind: configMap,
      validations: [{ expression: "int(params.data.max) > 100", messageExpression: "string(params.metadata.name)" }]
    },
    { paramRef: { selector: { matchLabels: { for: "policies" } }, namespace: "default", parameterNotFoundAction: "Allow" } },
    "more"
  ],
  [
    "parameters that are not there",
    { paramKind: configMap, validations: [{ expression: "true" }] },
    { paramRef: { name: "nothing", parameterNotFoundAction: "Deny" } },
    "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
  ],
  [
    "a condition that doesn't hold",
    { matchConditions: [{ name: "who", expression: 'request.userInfo.username == "nobody"' }], validations: [{ expression: "false" }] },
    {},
    undefined
  ],
  ["the namespace", { validations: [{ expression: 'namespaceObject.metadata.name == "other"', message: "ns" }] }, {}, "ns"],
  [
    "a quantity",
    {
      validations: [
        {
          expression: 'quantity(object.spec.template.spec.containers[0].resources.requests["memory"]).isLessThan(quantity("1Gi"))',
          message: "memory"
        }
      ]
    },
    {},
    "memory"
  ],
  [
    "what the user may do",
    {
      validations: [{ expression: '!authorizer.group("").resource("pods").namespace("default").check("create").allowed()', message: "may" }]
    },
    {},
    "may"
  ],
  [
    "a binding for other objects",
    { validations: [{ expression: "false" }] },
    { matchResources: { objectSelector: { matchLabels: { a: "z" } } } },
    undefined
  ],
  ["the first of two", { validations: [{ expression: few }, { expression: "false", message: "second" }] }, {}, `failed expression: ${few}`]
]

describe("ValidatingAdmissionPolicy", () => {
  for (const [what, spec, binding, message] of cases) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const bare = yield* Bare.make(() => "nobody")
        yield* bare.create(Bare.configMaps, { ...Bare.configMap("params"), data: { max: "4" } })
        yield* bare.create(Bare.configMaps, { ...Bare.configMap("more", { labels: { for: "policies" } }), data: { max: "9" } })
        yield* bound(bare, spec, binding)
        const made = yield* Effect.match(bare.create(deployments, deployment), {
          onSuccess: () => undefined,
          onFailure: ({ code, details, message: said, reason }) => ({ code, details, message: said, reason })
        })
        const why = `ValidatingAdmissionPolicy 'p' with binding 'b-p' denied request: ${message}`
        assert.deepStrictEqual(
          made,
          message === undefined
            ? undefined
            : {
                code: 422,
                reason: "Invalid",
                message: `deployments.apps "web" is forbidden: ${why}`,
                details: { name: "web", group: "apps", kind: "deployments", causes: [{ message: why }] }
              }
        )
      })
    )
  }

  it.effect("a reason is the status'; a warning lets through; nobody is asked without a binding", () =>
    Effect.gen(function* () {
      const bare = yield* Bare.make(() => "nobody")
      yield* bound(bare, { validations: [{ expression: few }] }, { validationActions: ["Warn", "Audit"] })
      const warned = yield* bare.create(deployments, deployment)
      assert.deepStrictEqual(warned.warnings, [
        `Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b-p': failed expression: ${few}`
      ])
      yield* bound(bare, { validations: [{ expression: "oldObject == null", message: "no updates", reason: "Forbidden" }] }, {}, "q")
      const change = { method: "PATCH", path: `${deployments}/web`, body: { spec: { replicas: 1 } } } as const
      const refused = yield* Effect.flip(bare.request({ ...change, contentType: "application/merge-patch+json" }))
      assert.instanceOf(refused, KubeStatus)
      assert.deepInclude(refused, {
        code: 403,
        reason: "Forbidden",
        message: `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'q' with binding 'b-q' denied request: no updates`
      })
      yield* bare.request({ method: "DELETE", path: `${registration}/validatingadmissionpolicybindings/b-q` })
      const changed = yield* bare.request({ ...change, contentType: "application/merge-patch+json" })
      assert.strictEqual(at(changed.body, "spec", "replicas"), 1)
    })
  )
})
