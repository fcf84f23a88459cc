/** A bare API server whose webhooks are answered by a function of the test. */
import { admin, type KubeObject, type KubeReply, type KubeRequest, type KubeStatus } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { text, type WebReply } from "@aiopslab/kubernetes/web/Web"
import * as Effect from "effect/Effect"

export interface Review {
  readonly path: string
  readonly query: string
  readonly request: {
    readonly uid: string
    readonly operation: string
    readonly name?: string
    readonly kind: { readonly kind: string; readonly version: string }
    readonly subResource?: string
    readonly object: KubeObject | null
    readonly oldObject: KubeObject | null
    readonly userInfo: { readonly username: string }
    readonly dryRun: boolean
  }
}

/** What a webhook answers: the response without its uid, a reply of its own, or a failure's words. */
export type Answer = object | WebReply | string

const isReply = (answer: object): answer is WebReply => "code" in answer && "headers" in answer

const replied = (answer: object, uid: string): WebReply =>
  isReply(answer)
    ? answer
    : text(
        200,
        JSON.stringify({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response: { uid, ...answer } }),
        "application/json"
      )

export const patch = (...operations: ReadonlyArray<object>): object => ({
  allowed: true,
  patchType: "JSONPatch",
  patch: Buffer.from(JSON.stringify(operations)).toString("base64")
})

export interface Bare {
  readonly request: (request: KubeRequest) => Effect.Effect<KubeReply, KubeStatus>
  readonly create: (path: string, body: unknown, query?: KubeRequest["query"]) => Effect.Effect<KubeReply, KubeStatus>
  /** What was asked, in order. */
  readonly asked: ReadonlyArray<Review>
}

export const make = (answer: (review: Review) => Answer): Effect.Effect<Bare> =>
  Effect.gen(function* () {
    const asked: Array<Review> = []
    const host = yield* MemoryHost.make({
      outside: (target, { body, target: line }) => {
        const [path = "", query = ""] = line.split("?")
        const { request } = JSON.parse(body)
        const review: Review = { path, query, request }
        asked.push(review)
        const said = answer(review)
        return typeof said === "string" ? Effect.fail(said) : Effect.succeed(replied(said, review.request.uid))
      }
    })
    const api = Server.make({ host }).api(admin)
    return {
      request: api.request,
      create: (path, body, query = {}) => api.request({ method: "POST", path, body, query }),
      asked
    }
  })

export const configMaps = "/api/v1/namespaces/default/configmaps"

export const configMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
  data: { a: "b" }
})

/** Of a webhook called as its path. */
export const webhook = (path: string, more: object = {}) => ({
  name: `${path}.example.com`,
  admissionReviewVersions: ["v1"],
  sideEffects: "None",
  clientConfig: { url: `https://hooks.example/${path}` },
  rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources: ["configmaps"] }],
  ...more
})

const configurations = "/apis/admissionregistration.k8s.io/v1"

export const configure = (bare: Bare, kind: "Mutating" | "Validating", name: string, ...webhooks: ReadonlyArray<object>) =>
  bare.create(`${configurations}/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks
  })
