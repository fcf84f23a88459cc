import { assert, describe, layer } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import { make as certificates } from "@aiopslab/kubernetes/edge/Certificates"
import * as Effect from "effect/Effect"
import { createPublicKey, verify } from "node:crypto"
import { request } from "node:https"
import { createServer } from "node:https"
import { parse } from "yaml"
import { ServedCluster } from "./ServedCluster.ts"

const missing = requireProgram("kubectl")

const run = Effect.fnUntraced(function* (argv: ReadonlyArray<string>, stdin?: string) {
  const { kubectl } = yield* ServedCluster
  const done = yield* kubectl(argv, stdin)
  assert.strictEqual(done.code, 0, `kubectl ${argv.join(" ")}\n${done.stdout}${done.stderr}`)
  return done.stdout
})

/** A request with a bearer token and no certificate. */
const bearing = (url: string, path: string, token: string) =>
  Effect.callback<{ readonly code: number; readonly body: string }>((resume) => {
    const sent = request(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false }, (response) => {
      let body = ""
      response.on("data", (chunk) => (body += String(chunk)))
      response.on("end", () => resume(Effect.succeed({ code: response.statusCode ?? 0, body })))
    })
    sent.end()
  })

const serverOf = Effect.map(run(["config", "view", "--raw"]), (text): string => parse(text).clusters[0].cluster.server)

/** A webhook on this machine: it labels configmaps, and refuses those called `bad`. */
const webhook = Effect.gen(function* () {
  const made = yield* certificates({ user: "webhook", groups: [] })
  const server = createServer({ key: made.server.key, cert: made.server.certificate }, (incoming, response) => {
    let text = ""
    incoming.on("data", (chunk) => (text += String(chunk)))
    incoming.on("end", () => {
      const { request: asked } = JSON.parse(text)
      const operations = [{ op: "add", path: "/metadata/labels", value: { by: asked.userInfo.username.replaceAll(":", "_") } }]
      const patch = {
        allowed: true,
        patchType: "JSONPatch",
        patch: Buffer.from(JSON.stringify(operations)).toString("base64"),
        warnings: ["labelled"]
      }
      const answer = asked.name === "bad" ? { allowed: false, status: { message: "bad name", code: 403 } } : patch
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid: asked.uid, ...answer } }))
    })
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    }),
    () => Effect.sync(() => server.close())
  )
  return { url: `https://127.0.0.1:${port}/label`, caBundle: Buffer.from(made.authority).toString("base64") }
})

const mutating = (clientConfig: object, resources: ReadonlyArray<string>) =>
  JSON.stringify({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "label" },
    webhooks: [
      {
        name: "label.example.com",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        clientConfig,
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } }
      }
    ]
  })

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: few }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments, deployments/scale] }] }
  validations: [{ expression: "object.spec.replicas <= 3", messageExpression: "'at most 3 replicas, not ' + string(object.spec.replicas)" }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: few }
spec: { policyName: few, validationActions: [Deny], matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: default } } } }
`

describe.skipIf(missing !== undefined)(`who may do what in a served cluster${missing ?? ""}`, () => {
  layer(ServedCluster.layer("x60"), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("a token of an account is taken at the door, by what it is bound to", () =>
      Effect.gen(function* () {
        const url = yield* serverOf
        yield* run(["create", "serviceaccount", "walker", "-n", "default"])
        yield* run(["create", "role", "reader", "-n", "default", "--verb=list", "--resource=pods"])
        yield* run(["create", "rolebinding", "reader", "-n", "default", "--role=reader", "--serviceaccount=default:walker"])
        const token = (yield* run(["create", "token", "walker", "-n", "default"])).trim()
        assert.strictEqual((yield* bearing(url, "/api/v1/namespaces/default/pods", token)).code, 200)
        const denied = yield* bearing(url, "/api/v1/namespaces", token)
        assert.include(
          denied.body,
          'namespaces is forbidden: User \\"system:serviceaccount:default:walker\\" cannot list resource \\"namespaces\\"'
        )
        const [head, body, signature = ""] = token.split(".")
        const forged = [head, Buffer.from("{}").toString("base64url"), signature].join(".")
        for (const wrong of [forged, `${token}A`, `${head}.${body}.`, "nothing"]) {
          assert.strictEqual((yield* bearing(url, "/api/v1/namespaces/default/pods", wrong)).code, 401, wrong)
        }
        const elsewhere = (yield* run(["create", "token", "walker", "-n", "default", "--audience=other"])).trim()
        assert.strictEqual((yield* bearing(url, "/api/v1/namespaces/default/pods", elsewhere)).code, 401)
        const mounted = yield* run([
          "exec",
          "deploy/mongodb-geo",
          "-n",
          "test-hotel-reservation",
          "--",
          "cat",
          "/var/run/secrets/kubernetes.io/serviceaccount/token"
        ])
        assert.strictEqual((yield* bearing(url, "/version", mounted.trim())).code, 200)
        yield* run(["delete", "serviceaccount", "walker", "-n", "default"])
        assert.strictEqual((yield* bearing(url, "/api/v1/namespaces/default/pods", token)).code, 401)
      })
    )

    it.effect("the published keys check its signature", () =>
      Effect.gen(function* () {
        const configuration = JSON.parse(yield* run(["get", "--raw", "/.well-known/openid-configuration"]))
        assert.deepStrictEqual(configuration.id_token_signing_alg_values_supported, ["ES256"])
        const { keys } = JSON.parse(yield* run(["get", "--raw", "/openid/v1/jwks"]))
        const token = (yield* run(["create", "token", "default", "-n", "default"])).trim()
        const [head = "", body = "", signature = ""] = token.split(".")
        const header = JSON.parse(Buffer.from(head, "base64url").toString())
        assert.strictEqual(header.kid, keys[0].kid)
        assert.strictEqual(JSON.parse(Buffer.from(body, "base64url").toString()).iss, configuration.issuer)
        const key = createPublicKey({ key: keys[0], format: "jwk" })
        const signed = Buffer.from(signature, "base64url")
        assert.isTrue(verify("sha256", Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" }, signed))
      })
    )

    it.effect("a Secret for an account's token is filled, its token is taken, and it goes with the account", () =>
      Effect.gen(function* () {
        const url = yield* serverOf
        yield* run(["create", "serviceaccount", "keeper", "-n", "default"])
        const secret = {
          apiVersion: "v1",
          kind: "Secret",
          type: "kubernetes.io/service-account-token",
          metadata: { name: "keeper", namespace: "default", annotations: { "kubernetes.io/service-account.name": "keeper" } }
        }
        yield* run(["create", "-f", "-"], JSON.stringify(secret))
        const described = yield* run(["describe", "secret", "keeper", "-n", "default"])
        assert.match(described, /ca\.crt: +\d+ bytes\nnamespace: +7 bytes\ntoken: +\S+|token: +\S+/u)
        const { data } = JSON.parse(yield* run(["get", "secret", "keeper", "-n", "default", "-o", "json"]))
        const token = Buffer.from(data.token, "base64").toString()
        assert.include((yield* bearing(url, "/api/v1/namespaces", token)).body, "system:serviceaccount:default:keeper")
        yield* run(["delete", "serviceaccount", "keeper", "-n", "default"])
        yield* run(["wait", "--for=delete", "secret/keeper", "-n", "default", "--timeout=30s"])
        assert.strictEqual((yield* bearing(url, "/api/v1/namespaces", token)).code, 401)
      })
    )

    it.effect("a webhook on this machine is asked, about what a client makes and what a controller does", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        yield* run(["apply", "-f", "-"], mutating(yield* webhook, ["configmaps", "pods"]))
        const made = yield* kubectl(["create", "configmap", "good", "-n", "default"])
        assert.deepStrictEqual([made.stdout, made.stderr], ["configmap/good created\n", "Warning: labelled\n"])
        assert.strictEqual(yield* run(["get", "cm", "good", "-n", "default", "-o", "jsonpath={.metadata.labels.by}"]), "kubernetes-admin")
        const bad = yield* kubectl(["create", "configmap", "bad", "-n", "default"])
        assert.strictEqual(
          bad.stderr,
          'error: failed to create configmap: admission webhook "label.example.com" denied the request: bad name\n'
        )
        yield* run(["create", "job", "once", "-n", "default", "--image=busybox:1.35", "--", "true"])
        yield* run(["wait", "--for=create", "pod", "-n", "default", "-l", "by=system_kube-controller-manager", "--timeout=30s"])
        yield* run(["delete", "mutatingwebhookconfiguration", "label"])
      }).pipe(Effect.scoped)
    )

    it.effect("a policy refuses in the real server's words, scaling too", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        yield* run(["apply", "-f", "-"], policy)
        const refused = yield* kubectl(["create", "deployment", "many", "-n", "default", "--image=busybox:1.35", "--replicas=5"])
        assert.strictEqual(
          refused.stderr,
          "error: failed to create deployment: deployments.apps \"many\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: at most 3 replicas, not 5\n"
        )
        yield* run(["create", "deployment", "some", "-n", "default", "--image=busybox:1.35", "--replicas=2"])
        const scaled = yield* kubectl(["scale", "deployment", "some", "-n", "default", "--replicas=4"])
        assert.include(scaled.stderr, "denied request: at most 3 replicas, not 4")
        yield* run(["delete", "validatingadmissionpolicybinding", "few"])
        yield* run(["scale", "deployment", "some", "-n", "default", "--replicas=4"])
      })
    )
  })
})
