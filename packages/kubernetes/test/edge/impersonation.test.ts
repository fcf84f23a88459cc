/** Requests for somebody else; the answers are those of a kube-apiserver 1.34. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import { at } from "@aiopslab/kubernetes/Json"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { request as httpsRequest } from "node:https"

interface Answer {
  readonly code: number
  readonly body: string
}

type Headers = Readonly<Record<string, string | ReadonlyArray<string>>>

class Served extends Context.Service<
  Served,
  { readonly review: (who: "admin" | "account", headers: Headers) => Effect.Effect<Answer>; readonly uid: string }
>()("test/Impersonated") {
  static readonly layer = Layer.effect(
    Served,
    Effect.gen(function* () {
      const { api, authenticate, authorize } = Server.make({ host: yield* MemoryHost.make() })
      const certificates = yield* Certificates.make(admin)
      const tokens = new Map([["masters", { ...admin, user: "admin", uid: "admin" }]])
      const { url } = yield* HttpsEdge.serve({ api, authenticate, authorize, certificates, tokens })
      const create = (path: string, body: object) => api(admin).request({ method: "POST", path, body })
      const rbac = "/apis/rbac.authorization.k8s.io/v1"
      const apiVersion = "rbac.authorization.k8s.io/v1"
      const subjects = [{ kind: "ServiceAccount", name: "imp", namespace: "default" }]
      const account = yield* create("/api/v1/namespaces/default/serviceaccounts", {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "imp" }
      })
      const on = (apiGroup: string, resource: string, ...resourceNames: ReadonlyArray<string>) => ({
        apiGroups: [apiGroup],
        resources: [resource],
        verbs: ["impersonate"],
        ...(resourceNames.length === 0 ? {} : { resourceNames })
      })
      yield* create(`${rbac}/clusterroles`, {
        apiVersion,
        kind: "ClusterRole",
        metadata: { name: "imp" },
        rules: [
          on("", "users", "alice", "bob"),
          on("", "groups", "devs"),
          on("authentication.k8s.io", "userextras/reason"),
          on("authentication.k8s.io", "userextras/scopes", "view"),
          on("authentication.k8s.io", "uids", "u-1")
        ]
      })
      yield* create(`${rbac}/clusterrolebindings`, {
        apiVersion,
        kind: "ClusterRoleBinding",
        metadata: { name: "imp" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "imp" },
        subjects
      })
      yield* create(`${rbac}/namespaces/default/roles`, {
        apiVersion,
        kind: "Role",
        metadata: { name: "imp" },
        rules: [on("", "serviceaccounts")]
      })
      yield* create(`${rbac}/namespaces/default/rolebindings`, {
        apiVersion,
        kind: "RoleBinding",
        metadata: { name: "imp" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "imp" },
        subjects
      })
      const issued = yield* create("/api/v1/namespaces/default/serviceaccounts/imp/token", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {}
      })
      const bearer = { admin: "masters", account: String(at(issued.body, "status", "token")) }
      const review = (who: "admin" | "account", headers: Headers) =>
        Effect.callback<Answer>((resume) => {
          const all = { authorization: `Bearer ${bearer[who]}`, "content-type": "application/json" }
          const outgoing = httpsRequest(`${url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
            method: "POST",
            ca: certificates.authority,
            headers: {
              ...all,
              ...Object.fromEntries(Object.entries(headers).map(([key, one]) => [key, typeof one === "string" ? one : [...one]]))
            }
          })
          outgoing.on("response", (response) => {
            let body = ""
            response.on("data", (chunk: Buffer) => (body += chunk.toString()))
            response.on("end", () => resume(Effect.succeed({ code: response.statusCode ?? 0, body })))
          })
          outgoing.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }))
        })
      return Served.of({ review, uid: String(at(account.body, "metadata", "uid")) })
    })
  )
}

const [user, group, uid] = ["Impersonate-User", "Impersonate-Group", "Impersonate-Uid"]
const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
const accounts = ["system:serviceaccounts", "system:serviceaccounts:default"]

const granted: ReadonlyArray<readonly ["admin" | "account", Headers, object]> = [
  ["admin", {}, { username: "admin", uid: "admin", groups: ["system:masters", "system:authenticated"] }],
  ["admin", { [user]: "alice" }, { username: "alice", groups: ["system:authenticated"] }],
  ["admin", { [user]: "" }, { username: "admin", uid: "admin", groups: ["system:masters", "system:authenticated"] }],
  ["admin", { [user]: ["alice", "bob"] }, { username: "alice", groups: ["system:authenticated"] }],
  ["admin", { [user]: "alice", [group]: ["devs", "admins"] }, { username: "alice", groups: ["devs", "admins", "system:authenticated"] }],
  [
    "admin",
    { [user]: "alice", [group]: ["system:authenticated", "b", "b"] },
    { username: "alice", groups: ["system:authenticated", "b", "b"] }
  ],
  [
    "admin",
    { [user]: "alice", "Impersonate-Extra-Reason": ["a", "b"], "Impersonate-Extra-Acme.com%2Fproject": "p" },
    { username: "alice", groups: ["system:authenticated"], extra: { "acme.com/project": ["p"], reason: ["a", "b"] } }
  ],
  ["admin", { [user]: "alice", [uid]: "u-1" }, { username: "alice", uid: "u-1", groups: ["system:authenticated"] }],
  [
    "admin",
    { [user]: "system:serviceaccount:default:imp" },
    { username: "system:serviceaccount:default:imp", groups: [...accounts, "system:authenticated"] }
  ],
  [
    "admin",
    { [user]: "system:serviceaccount:default:imp", [group]: "x" },
    { username: "system:serviceaccount:default:imp", groups: ["x", "system:authenticated"] }
  ],
  ["admin", { [user]: "system:serviceaccount:a:B" }, { username: "system:serviceaccount:a:B", groups: ["system:authenticated"] }],
  ["account", { [user]: "alice" }, { username: "alice", groups: ["system:authenticated"] }],
  ["account", { [user]: "alice", [group]: "devs" }, { username: "alice", groups: ["devs", "system:authenticated"] }],
  [
    "account",
    { [user]: "alice", "Impersonate-Extra-Reason": "a", "Impersonate-Extra-Scopes": "view" },
    { username: "alice", groups: ["system:authenticated"], extra: { reason: ["a"], scopes: ["view"] } }
  ],
  ["account", { [user]: "alice", [uid]: "u-1" }, { username: "alice", uid: "u-1", groups: ["system:authenticated"] }],
  [
    "account",
    { [user]: "system:serviceaccount:default:other" },
    { username: "system:serviceaccount:default:other", groups: [...accounts, "system:authenticated"] }
  ]
]

const cannot = (what: string, apiGroup: string, where: string) =>
  `User "system:serviceaccount:default:imp" cannot impersonate resource "${what}" in API group "${apiGroup}" ${where}`

const refused: ReadonlyArray<readonly [Headers, string, object]> = [
  [{ [user]: "carol" }, `users "carol" is forbidden: ${cannot("users", "", "at the cluster scope")}`, { name: "carol", kind: "users" }],
  [
    { [user]: "alice", [group]: ["devs", "admins"] },
    `groups "admins" is forbidden: ${cannot("groups", "", "at the cluster scope")}`,
    { name: "admins", kind: "groups" }
  ],
  [
    { [user]: "alice", "Impersonate-Extra-Scopes": ["view", "edit"] },
    `userextras.authentication.k8s.io "edit" is forbidden: ${cannot("userextras/scopes", "authentication.k8s.io", "at the cluster scope")}`,
    { name: "edit", group: "authentication.k8s.io", kind: "userextras" }
  ],
  [
    { [user]: "alice", [uid]: "u-2" },
    `uids.authentication.k8s.io "u-2" is forbidden: ${cannot("uids", "authentication.k8s.io", "at the cluster scope")}`,
    { name: "u-2", group: "authentication.k8s.io", kind: "uids" }
  ],
  [
    { [user]: "system:serviceaccount:kube-system:other" },
    `serviceaccounts "other" is forbidden: ${cannot("serviceaccounts", "", 'in the namespace "kube-system"')}`,
    { name: "other", kind: "serviceaccounts" }
  ]
]

const nobody: ReadonlyArray<readonly [Headers, string]> = [
  [{ [group]: "devs" }, "{Group  devs    }"],
  [{ [uid]: "u-1" }, "{UID  u-1  authentication.k8s.io/v1  }"],
  [{ [group]: "devs", "Impersonate-Extra-Reason": "a" }, "{Group  devs    } {UserExtra  a  authentication.k8s.io/v1  reason}"]
]

layer(Served.layer, { excludeTestServices: true })("a request for somebody else", (it) => {
  for (const [who, headers, expected] of granted) {
    it.effect(`of ${who} with ${JSON.stringify(headers)} is from them`, () =>
      Effect.gen(function* () {
        const { review } = yield* Served
        const { body, code } = yield* review(who, headers)
        assert.deepStrictEqual([code, at(JSON.parse(body), "status", "userInfo")], [201, expected])
      })
    )
  }

  for (const [headers, message, details] of refused) {
    it.effect(`with ${JSON.stringify(headers)} needs the verb impersonate`, () =>
      Effect.gen(function* () {
        const { review } = yield* Served
        const { body, code } = yield* review("account", headers)
        const answer = JSON.parse(body)
        assert.deepStrictEqual([code, answer.message, answer.details], [403, message, details])
      })
    )
  }

  for (const [headers, requested] of nobody) {
    it.effect(`with ${JSON.stringify(headers)} needs a user`, () =>
      Effect.gen(function* () {
        const { review } = yield* Served
        assert.deepStrictEqual(yield* review("admin", headers), {
          code: 500,
          body: `Internal Server Error: "${path}": requested [${requested}] without impersonating a user\n`
        })
      })
    )
  }

  it.effect("a service account's own token says what it is", () =>
    Effect.gen(function* () {
      const { review, uid: own } = yield* Served
      const info = at(JSON.parse((yield* review("account", {})).body), "status", "userInfo")
      assert.strictEqual(at(info, "uid"), own)
      assert.match(String(at(info, "extra", "authentication.kubernetes.io/credential-id")), /^JTI=/)
    })
  )
})
