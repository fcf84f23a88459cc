/** Which objects a request writes, by its path. */
import type { TouchedKey } from "@aiopslab/core/Fault"
import type { KubeApi, KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"

interface Place {
  readonly resource: string
  readonly namespace: string
  readonly name: string | undefined
  readonly subresource: string
}

/** `/apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME/…`; of a subresource the object it belongs to. */
export const placeOf = (path: string): Place | undefined => {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => decodeURIComponent(part))
  const core = parts[0] === "api"
  if (!core && parts[0] !== "apis") return undefined
  const group = core ? "" : (parts[1] ?? "")
  const rest = parts.slice(core ? 2 : 3)
  const namespaced = rest[0] === "namespaces" && rest.length > 2 && rest[2] !== "status" && rest[2] !== "finalize"
  const [plural, name, subresource = ""] = namespaced ? rest.slice(2) : rest
  if (plural === undefined) return undefined
  return { resource: group === "" ? plural : `${plural}.${group}`, namespace: namespaced ? (rest[1] ?? "") : "", name, subresource }
}

const reviews = [
  "selfsubjectaccessreviews",
  "selfsubjectrulesreviews",
  "selfsubjectreviews",
  "localsubjectaccessreviews",
  "subjectaccessreviews",
  "tokenreviews"
]

/** Whether a request changes anything when it succeeds. */
export const isWrite = (request: KubeRequest): boolean =>
  request.method !== "GET" && request.query?.["dryRun"] === undefined && !reviews.some((review) => request.path.endsWith(`/${review}`))

const nameIn = (body: unknown): string | undefined => {
  const metadata = typeof body === "object" && body !== null && "metadata" in body ? body.metadata : undefined
  const name = typeof metadata === "object" && metadata !== null && "name" in metadata ? metadata.name : undefined
  return typeof name === "string" ? name : undefined
}

/** The object of a request; of a creation the one that was made. Undefined for a whole collection. */
export const touchedKey = (request: KubeRequest, answer: unknown): TouchedKey | undefined => {
  const place = placeOf(request.path)
  if (place === undefined) return undefined
  const name = place.name ?? (request.method === "POST" ? (nameIn(answer) ?? nameIn(request.body)) : undefined)
  return name === undefined ? undefined : `${place.resource}/${place.namespace}/${name}`
}

/** The objects that a deletion of a collection is about to hit. */
export const collectionKeys = (api: KubeApi, request: KubeRequest): Effect.Effect<ReadonlyArray<TouchedKey>> => {
  const place = placeOf(request.path)
  if (place === undefined) return Effect.succeed([])
  const { labelSelector, fieldSelector } = {
    labelSelector: request.query?.["labelSelector"],
    fieldSelector: request.query?.["fieldSelector"]
  }
  const query = { ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) }
  return api.request({ method: "GET", path: request.path, query }).pipe(
    Effect.map((reply) => {
      const items =
        typeof reply.body === "object" && reply.body !== null && "items" in reply.body && Array.isArray(reply.body.items)
          ? reply.body.items
          : []
      return items.flatMap((item): ReadonlyArray<TouchedKey> => {
        const name = nameIn(item)
        return name === undefined ? [] : [`${place.resource}/${place.namespace}/${name}`]
      })
    }),
    Effect.orElseSucceed(() => [])
  )
}
