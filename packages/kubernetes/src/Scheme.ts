/**
 * The resources a server knows: the built-in ones from the data file and whatever its maker adds. Nothing elsewhere names a kind to
 * find its path, its verbs or its schema.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "./Json.ts"
import data from "./scheme/generated/data.json" with { type: "json" }
import type { Struct, Type } from "./scheme/Type.ts"
import { reader } from "./scheme/Type.ts"
import { conversionOf } from "./scheme/Versions.ts"

export interface Subresource {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: ReadonlyArray<string>
}

export interface Resource {
  /** The key in the store, and the name in messages: `pods`, `deployments.apps`. */
  readonly id: string
  readonly group: string
  /** Of the stored kind, where that is another. */
  readonly kindGroup?: string
  readonly version: string
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames: ReadonlyArray<string>
  readonly categories: ReadonlyArray<string>
  readonly verbs: ReadonlyArray<string>
  readonly subresources: ReadonlyMap<string, Subresource>
  readonly storageVersionHash: string
  /** `undefined` for schemaless resources. */
  readonly type: Struct | undefined
  /** Exists for `system:masters` only: not in discovery, 404 for everyone else. */
  readonly hidden: boolean
  /** Field selectors that a CustomResourceDefinition adds. */
  readonly selectable: ReadonlyArray<string>
  /** `undefined`: objects are stored as they are served. */
  readonly stored: Stored | undefined
  /** Of a resource that a CustomResourceDefinition declares. */
  readonly custom: Custom | undefined
}

/** What a version of a CustomResourceDefinition says of its resource. */
export interface Custom {
  /** The structural schema. */
  readonly schema: JsonRecord
  readonly listKind: string
  /** `additionalPrinterColumns`. */
  readonly columns: ReadonlyArray<JsonRecord>
  /** The paths of the subresource `scale`. */
  readonly scale: JsonRecord | undefined
  /** With every answer, when the version is deprecated. */
  readonly warning: string | undefined
}

/** Of a resource whose objects are stored in another version's form. */
export interface Stored {
  /** What the registry writes: the stored version, under the served one's name, which stands in messages. */
  readonly resource: Resource
  readonly toStorage: (object: KubeObject) => KubeObject
  /** The same object gives the same form (`===`). */
  readonly fromStorage: (object: KubeObject) => KubeObject
}

/** A resource beyond the built-in ones. */
export interface ExtraResource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly hidden: boolean
  readonly shortNames?: ReadonlyArray<string>
  /** Default: all, and a status. */
  readonly verbs?: ReadonlyArray<string>
}

export interface Scheme {
  /** In the order of discovery. */
  readonly resources: ReadonlyArray<Resource>
  readonly byId: ReadonlyMap<string, Resource>
  /** By `apps/v1/deployments`; the core group is empty: `/v1/pods`. */
  readonly byPath: ReadonlyMap<string, Resource>
  /** By `apps/v1/Deployment`. */
  readonly byKind: ReadonlyMap<string, Resource>
  /** The types of OpenAPI by name without `io.k8s.`. */
  readonly type: (name: string) => Type | undefined
}

interface DiscoveredResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group?: string | undefined
  readonly version?: string | undefined
  readonly verbs: ReadonlyArray<string>
  readonly shortNames?: ReadonlyArray<string> | undefined
  readonly categories?: ReadonlyArray<string> | undefined
  readonly storageVersionHash?: string | undefined
}

interface DataFile {
  readonly version: string
  readonly discovery: ReadonlyArray<{
    readonly group: string
    readonly version: string
    readonly resources: ReadonlyArray<DiscoveredResource>
  }>
  readonly kinds: Readonly<Record<string, string>>
}

const file: DataFile = data
const typeNamed = reader(data.types)

/** The version of the kube-apiserver that the data file was read from. */
export const serverVersion: string = file.version

/** A struct by its name, without the prefix `io.k8s.`. */
export const structNamed = (name: string): Struct | undefined => {
  const type = typeNamed(name)
  return type?.kind === "struct" ? type : undefined
}

/** The type of every object's `metadata`. */
export const metadataType: Struct | undefined = structNamed("apimachinery.pkg.apis.meta.v1.ObjectMeta")

export const apiVersionOf = (group: string, version: string): string => (group === "" ? version : `${group}/${version}`)

export const resourceId = (group: string, plural: string): string => (group === "" ? plural : `${plural}.${group}`)

const structOf = (group: string, version: string, kind: string): Struct | undefined =>
  structNamed(file.kinds[`${group}/${version}/${kind}`] ?? "")

const deleteOptions = "apimachinery.pkg.apis.meta.v1.DeleteOptions"

/** The schema of a kind, whether it is served or not; `DeleteOptions` is of every version. */
export const typeOfKind = (apiVersion: string, kind: string): Struct | undefined =>
  structNamed(kind === "DeleteOptions" ? deleteOptions : (file.kinds[`${apiVersion.includes("/") ? "" : "/"}${apiVersion}/${kind}`] ?? ""))

/** Remembers what it gave for an object. */
export const remembered = (convert: (object: KubeObject) => KubeObject): ((object: KubeObject) => KubeObject) => {
  const known = new WeakMap<KubeObject, KubeObject>()
  return (object) => {
    const found = known.get(object)
    if (found !== undefined) return found
    const made = convert(object)
    known.set(object, made)
    return made
  }
}

const discovered = (group: string, version: string, found: DiscoveredResource, all: ReadonlyArray<DiscoveredResource>): Resource => ({
  id: resourceId(group, found.name),
  group,
  version,
  apiVersion: apiVersionOf(group, version),
  kind: found.kind,
  plural: found.name,
  singular: found.singularName,
  namespaced: found.namespaced,
  shortNames: found.shortNames ?? [],
  categories: found.categories ?? [],
  verbs: found.verbs,
  subresources: new Map(
    all
      .filter(({ name }) => name.startsWith(`${found.name}/`))
      .map((sub) => {
        const name = sub.name.slice(found.name.length + 1)
        return [name, { name, kind: sub.kind, group: sub.group ?? group, version: sub.version ?? version, verbs: sub.verbs }]
      })
  ),
  storageVersionHash: found.storageVersionHash ?? "",
  type: structOf(group, version, found.kind),
  hidden: false,
  selectable: [],
  stored: undefined,
  custom: undefined
})

const asServed: ReadonlyArray<Resource> = file.discovery.flatMap(({ group, resources, version }) =>
  resources.filter(({ name }) => !name.includes("/")).map((found) => discovered(group, version, found, resources))
)

const builtIn: ReadonlyArray<Resource> = asServed.map((resource) => {
  const conversion = conversionOf(resource.group, resource.version, resource.plural)
  const storage =
    conversion === undefined
      ? undefined
      : asServed.find(
          (one) =>
            one.group === conversion.storage.group && one.version === conversion.storage.version && one.plural === conversion.storage.plural
        )
  if (conversion === undefined || storage === undefined) return resource
  return {
    ...resource,
    id: storage.id,
    stored: {
      resource: { ...storage, group: resource.group, kindGroup: storage.group, plural: resource.plural },
      toStorage: remembered(conversion.toStorage),
      fromStorage: remembered(conversion.fromStorage)
    }
  }
})

const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

const statusOf = ({ group, kind, version }: ExtraResource): Subresource => ({
  name: "status",
  kind,
  group,
  version,
  verbs: ["get", "patch", "update"]
})

const extra = (resource: ExtraResource): Resource => ({
  id: resourceId(resource.group, resource.plural),
  group: resource.group,
  version: resource.version,
  apiVersion: apiVersionOf(resource.group, resource.version),
  kind: resource.kind,
  plural: resource.plural,
  singular: resource.kind.toLowerCase(),
  namespaced: resource.namespaced,
  shortNames: resource.shortNames ?? [],
  categories: [],
  verbs: resource.verbs ?? allVerbs,
  subresources: new Map(resource.verbs === undefined ? [["status", statusOf(resource)]] : []),
  storageVersionHash: "",
  type: undefined,
  hidden: resource.hidden,
  selectable: [],
  stored: undefined,
  custom: undefined
})

export const make = (extraResources: ReadonlyArray<ExtraResource> = []): Scheme => ofResources([...builtIn, ...extraResources.map(extra)])

export const ofResources = (resources: ReadonlyArray<Resource>): Scheme => ({
  resources,
  byId: new Map(resources.filter(({ stored }) => stored === undefined).map((resource) => [resource.id, resource])),
  byPath: new Map(resources.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource])),
  byKind: new Map(resources.map((resource) => [`${resource.apiVersion}/${resource.kind}`, resource])),
  type: typeNamed
})

/** The built-in resources alone. */
export const builtInScheme: Scheme = make()

/** The resource of an object by its apiVersion and kind. */
export const resourceOf = (scheme: Scheme, object: { readonly apiVersion: string; readonly kind: string }): Resource | undefined =>
  scheme.byKind.get(`${object.apiVersion}/${object.kind}`)
