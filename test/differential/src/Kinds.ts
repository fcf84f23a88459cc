/** The kinds that the real server serves, read from its discovery, and where their requests go. */
import type { Struct } from "@aiopslab/kubernetes/scheme/Type"
import { typeOfKind } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Answer, Scenario } from "./Step.ts"

export interface Kind {
  /** In the table: the kind, with its group or version where two have the same. */
  readonly label: string
  readonly group: string
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: ReadonlyArray<string>
  readonly subresources: ReadonlyMap<string, ReadonlyArray<string>>
  readonly type: Struct | undefined
}

const Text = Schema.String
const GroupVersionKind = Schema.Struct({ group: Text, version: Text, kind: Text })
const Discovery = Schema.Struct({
  items: Schema.Array(
    Schema.Struct({
      metadata: Schema.Struct({ name: Schema.optionalKey(Text) }),
      versions: Schema.Array(
        Schema.Struct({
          version: Text,
          resources: Schema.Array(
            Schema.Struct({
              resource: Text,
              responseKind: GroupVersionKind,
              scope: Schema.Literals(["Namespaced", "Cluster"]),
              verbs: Schema.Array(Text),
              subresources: Schema.optionalKey(Schema.Array(Schema.Struct({ subresource: Text, verbs: Schema.Array(Text) })))
            })
          )
        })
      )
    })
  )
})

const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
const roots = ["/api", "/apis"]

export const discovery: Scenario = {
  name: "discovery",
  kind: "(discovery)",
  setup: [],
  steps: [
    ...roots.map((path) => ({
      name: path,
      verb: "get",
      mutation: "aggregated",
      request: { method: "GET" as const, path, accept: aggregated }
    })),
    ...[...roots, "/version", "/api/v1", "/healthz", "/livez", "/readyz", "/openapi/v3", "/"].map((path) => ({
      name: `plain ${path}`,
      verb: "get",
      mutation: "plain",
      request: { method: "GET" as const, path }
    }))
  ],
  order: "independent"
}

const ambiguous: Readonly<Record<string, string>> = {
  "events.k8s.io/v1/Event": "Event.events.k8s.io",
  "autoscaling/v1/HorizontalPodAutoscaler": "HorizontalPodAutoscaler.v1"
}

/** In the order of discovery. */
export const kindsOf = Effect.fnUntraced(function* (answers: ReadonlyMap<string, Answer>) {
  const documents = yield* Effect.forEach(roots, (path) => Schema.decodeUnknownEffect(Discovery)(answers.get(path)?.body))
  return documents
    .flatMap(({ items }) => items)
    .flatMap(({ metadata, versions }) => versions.map(({ resources, version }) => ({ group: metadata.name ?? "", resources, version })))
    .flatMap(({ group, resources, version }) =>
      resources.map(({ resource, responseKind, scope, subresources, verbs }): Kind => {
        const apiVersion = group === "" ? version : `${group}/${version}`
        return {
          label: ambiguous[`${apiVersion}/${responseKind.kind}`] ?? responseKind.kind,
          group,
          apiVersion,
          kind: responseKind.kind,
          plural: resource,
          namespaced: scope === "Namespaced",
          verbs,
          subresources: new Map((subresources ?? []).map(({ subresource, verbs }) => [subresource, verbs])),
          type: typeOfKind(apiVersion, responseKind.kind)
        }
      })
    )
})

export const collectionOf = (kind: Kind, namespace: string): string =>
  `${kind.group === "" ? "/api" : "/apis"}/${kind.apiVersion}/${kind.namespaced ? `namespaces/${namespace}/` : ""}${kind.plural}`
