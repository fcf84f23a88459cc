/** What plays an application without its images: who plays which image, and how requests travel. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Behaviour } from "./Behaviour.ts"
import type { KubeObject } from "./Kubernetes.ts"
import * as Registry from "./Registry.ts"
import type { Topology } from "./Topology.ts"

export interface Playbook {
  readonly behaviours: ReadonlyArray<Behaviour>
  /** By the app's name. */
  readonly topologies: Readonly<Record<string, Topology>>
}

/** A playbook and where it comes from: for those who need images to play it. */
export interface Repertoire extends Playbook {
  /** What the apps consist of. */
  readonly manifests: ReadonlyArray<KubeObject>
  /** The plugins, by package name, that all of this comes from. */
  readonly packages: ReadonlyArray<string>
}

export const empty: Repertoire = { behaviours: [], topologies: {}, manifests: [], packages: [] }

/** All behaviours, and the apps that take no configuration. */
export const of = (registry: Registry.Registry): Repertoire => {
  const behaviours = Registry.all(registry, "Behaviour")
  const apps = Registry.all(registry, "App")
  const installations = apps.flatMap(({ component }) =>
    Option.match(Schema.decodeUnknownOption(component.config)({}), { onNone: () => [], onSome: (config) => [component.install(config)] })
  )
  return {
    behaviours: behaviours.map(({ component }) => component),
    topologies: Object.fromEntries(installations.map(({ app, topology }) => [app, topology])),
    manifests: installations.flatMap(({ manifests }) => manifests),
    packages: [...new Set([...behaviours, ...apps].map(({ plugin }) => plugin))]
  }
}

const repositoryOf = (image: string): readonly [repository: string, tag: string] => {
  const name = image.split("@")[0] ?? image
  const colon = name.lastIndexOf(":")
  const split = colon > name.lastIndexOf("/") ? colon : name.length
  const path = name
    .slice(0, split)
    .replace(/^docker\.io\//u, "")
    .replace(/^library\//u, "")
  return [path, name.slice(split + 1) || "latest"]
}

/** Who plays an image. One that names the tag wins over one that names the repository alone. */
export const behaviourOf = ({ behaviours }: Pick<Playbook, "behaviours">, image: string): Behaviour | undefined => {
  const [repository, tag] = repositoryOf(image)
  const tagged = `${repository}:${tag}`
  return behaviours.find(({ images }) => images.includes(tagged)) ?? behaviours.find(({ images }) => images.includes(repository))
}
