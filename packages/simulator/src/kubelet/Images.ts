/** Pulling images: who knows them, how long they take, what the runtime says of those that nobody has. */
import * as Result from "effect/Result"
import type { Turn } from "../Turn.ts"
import type { World } from "../World.ts"
import { behaviourOf } from "../World.ts"
import * as Reference from "./Reference.ts"

/** A registry mirror next to the cluster, in MiB per second. */
const rate = 100
/** Asking the registry whether an image changed. */
const askMillis = [250, 600] as const
const failMillis = [700, 1500] as const

/** Registries that are there whether or not they have the image; those of the behaviours' images are, too. */
const registries: ReadonlySet<string> = new Set([
  "docker.io",
  "gcr.io",
  "ghcr.io",
  "k8s.gcr.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "quay.io",
  "registry.k8s.io"
])

/** Where the nodes ask for names. */
const resolver = "172.18.0.1:53"

/** The full name; two names of one image are the same image. */
export const reference = (image: string): string => Result.getOrElse(Reference.parse(image), () => image)

const cacheKey = (node: string, image: string): string => `${node} ${reference(image)}`

export const isPresent = (turn: Turn, node: string, image: string): boolean => (turn.images[cacheKey(node, image)] ?? Infinity) <= turn.now

/** The world with an image on all nodes, as `kind load docker-image` leaves it. */
export const loaded = (world: World, image: string): World => ({
  ...world,
  images: { ...world.images, ...Object.fromEntries(world.setting.nodes.map(({ name }) => [cacheKey(name, image), world.now])) }
})

export interface Pull {
  readonly until: number
  /** Milliseconds of waiting for another pull of the same image. */
  readonly waited: number
  /** Why there is no such image. */
  readonly failure: string | undefined
}

/** Begins a pull. Images are pulled beside each other (`serializeImagePulls: false`); the same image arrives once. */
export const pull = (turn: Turn, node: string, image: string): Pull => {
  const behaviour = behaviourOf(turn.setting, image)
  if (behaviour === undefined) {
    return { until: turn.now + turn.millis("pull", ...failMillis), waited: 0, failure: pullError(turn, image) }
  }
  const key = cacheKey(node, image)
  const arrives = turn.images[key]
  const asking = turn.millis("pull", ...askMillis)
  if (arrives !== undefined) {
    const waited = Math.max(0, arrives - turn.now)
    return { until: turn.now + waited + asking, waited, failure: undefined }
  }
  const until = turn.now + asking + Math.round((behaviour.sizeMiB / rate) * 1000 * (0.85 + 0.3 * turn.draw("pull")))
  turn.images = { ...turn.images, [key]: until }
  return { until, waited: 0, failure: undefined }
}

export const sizeBytes = (turn: Turn, image: string): number => Math.round((behaviourOf(turn.setting, image)?.sizeMiB ?? 0) * 1_048_576)

/** `image` and `repository:tag` of it, without the registry. */
const parts = (full: string): { readonly repository: string; readonly tag: string } => {
  const path = full.slice(full.indexOf("/") + 1)
  const at = path.search(/[:@]/u)
  return { repository: path.slice(0, at), tag: path.slice(at + 1) }
}

const isThere = (turn: Turn, domain: string): boolean =>
  registries.has(domain) ||
  turn.setting.playbook.behaviours.some(({ images }) => images.some((image) => Reference.domainOf(image) === domain))

/** Whether some behaviour plays another tag of the repository. */
const hasRepository = (turn: Turn, repository: string): boolean =>
  turn.setting.playbook.behaviours.some(({ images }) => images.some((image) => parts(reference(image)).repository === repository))

/** What containerd says of an image that isn't to be had. */
export const pullError = (turn: Turn, image: string): string => {
  const full = reference(image)
  const domain = Reference.domainOf(full)
  const { repository, tag } = parts(full)
  const begin = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  if (!isThere(turn, domain)) {
    const [name = ""] = domain.split(":")
    const url = `https://${domain}/v2/${repository}/manifests/${tag}`
    return `${begin}failed to do request: Head "${url}": dial tcp: lookup ${name} on ${resolver}: no such host`
  }
  return domain === "docker.io" && !hasRepository(turn, repository)
    ? `${begin}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
    : `${begin}${full}: not found`
}
