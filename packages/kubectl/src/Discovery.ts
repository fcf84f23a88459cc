/** Which resources the server has, by any name that people use for them. */
import type { KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import type { Resource } from "@aiopslab/core/KubeClient"
import { builtInScheme } from "@aiopslab/kubernetes/Scheme"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Fields from "./Fields.ts"

export interface ApiResource extends Resource {
  readonly singular: string
  readonly shortNames: ReadonlyArray<string>
  readonly categories: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
}

/** What the server offers, groups in the server's order of preference. */
export interface Discovery {
  readonly resources: ReadonlyArray<ApiResource>
  readonly groupVersions: ReadonlyArray<string>
}

const body = (api: KubeApi, path: string) => Effect.map(api.request({ method: "GET", path }), (reply) => reply.body)

const resourcesOf = (document: unknown, groupVersion: string): ReadonlyArray<ApiResource> => {
  const slash = groupVersion.indexOf("/")
  const [group, version] = slash < 0 ? ["", groupVersion] : [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)]
  return Fields.list(document, "resources").flatMap((entry) => {
    const plural = Fields.text(entry, "name")
    if (plural === "" || plural.includes("/")) return []
    const kind = Fields.text(entry, "kind")
    const strings = (key: string) => Fields.list(entry, key).filter((value) => typeof value === "string")
    return [
      {
        group,
        version,
        plural,
        kind,
        namespaced: Fields.at(entry, "namespaced") === true,
        singular: Fields.text(entry, "singularName") || kind.toLowerCase(),
        shortNames: strings("shortNames"),
        categories: strings("categories"),
        verbs: strings("verbs")
      }
    ]
  })
}

/** The resources of one group and version; none when the server has no such. */
const groupVersionResources = (api: KubeApi, groupVersion: string): Effect.Effect<ReadonlyArray<ApiResource>, KubeStatus> =>
  body(api, groupVersion.includes("/") ? `/apis/${groupVersion}` : `/api/${groupVersion}`).pipe(
    Effect.map((document) => resourcesOf(document, groupVersion)),
    Effect.catchIf(
      (status) => status.code === 404 || status.code === 503,
      () => Effect.succeed([])
    )
  )

/** Asks the server: one request for each group's preferred version and each further one. */
export const discover = Effect.fnUntraced(function* (api: KubeApi): Effect.fn.Return<Discovery, KubeStatus> {
  const groups = Fields.list(yield* body(api, "/apis"), "groups")
  const preferred: Array<string> = ["v1"]
  const others: Array<string> = []
  for (const group of groups) {
    const first = Fields.text(group, "preferredVersion", "groupVersion")
    preferred.push(first)
    for (const entry of Fields.list(group, "versions")) {
      const groupVersion = Fields.text(entry, "groupVersion")
      if (groupVersion !== first) others.push(groupVersion)
    }
  }
  const groupVersions = [...preferred, ...others]
  const lists = yield* Effect.forEach(groupVersions, (groupVersion) => groupVersionResources(api, groupVersion), { concurrency: 8 })
  return { resources: lists.flat(), groupVersions }
})

const named = (resource: ApiResource, name: string): boolean =>
  resource.plural === name || resource.singular === name || resource.shortNames.includes(name) || resource.kind.toLowerCase() === name

/**
 * The server's resources, asked for as needed and kept; what is not among them is looked for once more on the server. A name of one of Kubernetes' own resources costs one request, for its group alone; any
 * other name, and whatever wants all of them, asks for everything.
 */
export interface Directory {
  readonly all: Effect.Effect<Discovery, KubeStatus>
  /** Asked for anew. */
  readonly fresh: Effect.Effect<Discovery, KubeStatus>
  /** The resource of a kind of object. */
  readonly ofKind: (apiVersion: string, kind: string) => Effect.Effect<ApiResource | undefined, KubeStatus>
  readonly find: (name: string) => Effect.Effect<ApiResource | undefined, KubeStatus>
}

/** Where Kubernetes' own resources are, by plural, singular, kind and short name; the first group of the server's order wins. */
const builtIn: ReadonlyMap<string, string> = (() => {
  const out = new Map<string, string>()
  const add = (name: string, groupVersion: string) => (out.has(name) ? undefined : out.set(name, groupVersion))
  for (const { apiVersion, hidden, plural, singular } of builtInScheme.resources) {
    if (!hidden) for (const name of [plural, singular]) add(name, apiVersion)
  }
  for (const { apiVersion, hidden, kind, shortNames } of builtInScheme.resources) {
    if (!hidden) for (const name of [kind.toLowerCase(), ...shortNames]) add(name, apiVersion)
  }
  return out
})()

/** The resources that a short name means besides the one it finds. */
export const alsoMeant = (name: string): ReadonlyArray<string> =>
  builtInScheme.resources
    .filter(({ hidden, shortNames }) => !hidden && shortNames.includes(name))
    .map(({ apiVersion, plural }) => ({ at: apiVersion, called: `${plural}.${apiVersion.split("/")[0] ?? ""}` }))
    .filter(({ at, called }, index, all) => at !== builtIn.get(name) && all.findIndex((one) => one.called === called) === index)
    .map(({ called }) => called)

export const directory = (api: KubeApi): Effect.Effect<Directory> =>
  Effect.map(
    Ref.make<{ readonly all?: Discovery; readonly some: ReadonlyMap<string, ReadonlyArray<ApiResource>> }>({ some: new Map() }),
    (cache) => {
      const fresh = Effect.tap(discover(api), (found) => Ref.update(cache, (kept) => ({ ...kept, all: found })))
      const all = Effect.flatMap(Ref.get(cache), ({ all: known }) => (known === undefined ? fresh : Effect.succeed(known)))
      const search = Effect.fnUntraced(function* (look: (discovery: Discovery) => ApiResource | undefined) {
        const known = (yield* Ref.get(cache)).all
        return (known === undefined ? undefined : look(known)) ?? look(yield* fresh)
      })
      const group = Effect.fnUntraced(function* (groupVersion: string) {
        const known = (yield* Ref.get(cache)).some.get(groupVersion)
        if (known !== undefined) return known
        const found = yield* groupVersionResources(api, groupVersion)
        yield* Ref.update(cache, (kept) => ({ ...kept, some: new Map(kept.some).set(groupVersion, found) }))
        return found
      })
      const lookUp = Effect.fnUntraced(function* (name: string) {
        const groupVersion = builtIn.get(name.toLowerCase())
        if (groupVersion !== undefined && (yield* Ref.get(cache)).all === undefined) {
          const found = find({ resources: yield* group(groupVersion), groupVersions: [] }, name)
          if (found !== undefined) return found
        }
        return yield* search((discovery) => find(discovery, name))
      })
      return { all, fresh, find: lookUp, ofKind: (apiVersion, kind) => search((discovery) => ofKind(discovery, apiVersion, kind)) }
    }
  )

/** A resource by plural, singular, kind or short name, alone or with its group (`deploy.apps`, `deployments.v1.apps`). */
export const find = (discovery: Discovery, given: string): ApiResource | undefined => {
  const name = given.toLowerCase()
  const dot = name.indexOf(".")
  if (dot < 0) {
    // the plural of any group wins over the short name of another
    return (
      discovery.resources.find((resource) => resource.plural === name || resource.singular === name) ??
      discovery.resources.find((resource) => named(resource, name))
    )
  }
  const [head, tail] = [name.slice(0, dot), name.slice(dot + 1)]
  const versioned = /^(v\d+(?:(?:alpha|beta)\d+)?)(?:\.(.*))?$/u.exec(tail)
  return discovery.resources.find(
    (resource) =>
      named(resource, head) &&
      (resource.group === tail || (versioned !== null && resource.version === versioned[1] && resource.group === (versioned[2] ?? "")))
  )
}

/** The resources of a category (`all`), in the server's order; each once. */
export const category = (discovery: Discovery, name: string): ReadonlyArray<ApiResource> => {
  const seen = new Set<string>()
  return discovery.resources.filter((resource) => {
    const key = `${resource.plural}.${resource.group}`
    if (!resource.categories.includes(name) || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The resource of an object. */
export const ofKind = (discovery: Discovery, apiVersion: string, kind: string): ApiResource | undefined =>
  discovery.resources.find(
    (resource) =>
      resource.kind === kind && (resource.group === "" ? resource.version : `${resource.group}/${resource.version}`) === apiVersion
  )

/** `deployment.apps`, `pod`: the resource in messages about one object. */
export const singularName = (resource: ApiResource): string =>
  resource.group === "" ? resource.singular : `${resource.singular}.${resource.group}`
