/** What OpenAPI's third version says of paths that are no resources: one document each, with the answer's type. */
import type { JsonRecord } from "../Json.ts"
import type { Resource } from "../Scheme.ts"

export interface Described {
  readonly path: string
  /** As `kubectl` and generated clients name it. */
  readonly operation: string
  /** Of the answer, without the prefix `io.k8s.`; text without one. */
  readonly answer?: string
  readonly media: string
}

const meta = "apimachinery.pkg.apis.meta.v1"

const fixed: ReadonlyArray<Described> = [
  {
    path: ".well-known/openid-configuration",
    operation: "getServiceAccountIssuerOpenIDConfiguration",
    media: "application/json"
  },
  { path: "api", operation: "getCoreAPIVersions", answer: `${meta}.APIVersions`, media: "application/json" },
  { path: "apis", operation: "getAPIVersions", answer: `${meta}.APIGroupList`, media: "application/json" },
  { path: "openid/v1/jwks", operation: "getServiceAccountIssuerOpenIDKeyset", media: "application/jwk-set+json" },
  { path: "version", operation: "getCodeVersion", answer: "apimachinery.pkg.version.Info", media: "application/json" }
]

const camel = (group: string): string =>
  group
    .replace(/\.k8s\.io$/, "")
    .split(/[.-]/)
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
    .join("")

/** The groups of custom resources have no document of their own. */
export const describedPaths = (resources: ReadonlyArray<Resource>): ReadonlyArray<Described> => {
  const groups = new Set(resources.flatMap(({ custom, group }) => (custom === undefined && group !== "" ? [group] : [])))
  return [
    ...fixed,
    ...[...groups].map((group) => ({
      path: `apis/${group}`,
      operation: `get${camel(group)}APIGroup`,
      answer: `${meta}.APIGroup`,
      media: "application/json"
    }))
  ]
}

export const operationsOf = ({ answer, media, operation, path }: Described): JsonRecord => ({
  [`/${path}/`]: {
    get: {
      operationId: operation,
      responses: {
        "200": {
          description: "OK",
          content: {
            [media]: { schema: answer === undefined ? { type: "string" } : { $ref: `#/components/schemas/io.k8s.${answer}` } }
          }
        },
        "401": { description: "Unauthorized" }
      }
    }
  }
})
