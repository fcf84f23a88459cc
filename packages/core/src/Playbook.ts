/** What plays an application without its images: who plays which image, and how requests travel. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Behaviour } from "./Behaviour.ts"
import * as Registry from "./Registry.ts"
import type { Topology } from "./Topology.ts"

export interface Playbook {
  readonly behaviours: ReadonlyArray<Behaviour>
  /** By the app's name. */
  readonly topologies: Readonly<Record<string, Topology>>
}

/** All behaviours, and the topologies of apps that take no configuration. */
export const of = (registry: Registry.Registry): Playbook => ({
  behaviours: Registry.all(registry, "Behaviour").map(({ component }) => component),
  topologies: Object.fromEntries(
    Registry.all(registry, "App").flatMap(({ component }) =>
      Option.match(Schema.decodeUnknownOption(component.config)({}), {
        onNone: () => [],
        onSome: (config) => [[component.name, component.install(config).topology] as const]
      })
    )
  )
})

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
