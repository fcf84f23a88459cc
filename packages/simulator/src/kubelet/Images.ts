/** Pulling images: who knows them, how long they take, what the runtime says of those that nobody has. */
import type { Turn } from "../Turn.ts"
import { behaviourOf } from "../World.ts"

/** A registry mirror next to the cluster, in MiB per second. */
const rate = 100
/** Asking the registry whether an image changed. */
const askMillis = [250, 600] as const
const failMillis = [700, 1500] as const

const cacheKey = (node: string, image: string): string => `${node} ${image}`

export const isPresent = (turn: Turn, node: string, image: string): boolean => (turn.images[cacheKey(node, image)] ?? Infinity) <= turn.now

export interface Pull {
  readonly until: number
  /** Milliseconds of waiting for another pull of the same image. */
  readonly waited: number
  readonly known: boolean
}

/** Begins a pull. Images are pulled beside each other (`serializeImagePulls: false`); the same image arrives once. */
export const pull = (turn: Turn, node: string, image: string): Pull => {
  const behaviour = behaviourOf(turn.setting, image)
  if (behaviour === undefined) return { until: turn.now + turn.millis("pull", ...failMillis), waited: 0, known: false }
  const key = cacheKey(node, image)
  const arrives = turn.images[key]
  const asking = turn.millis("pull", ...askMillis)
  if (arrives !== undefined) {
    const waited = Math.max(0, arrives - turn.now)
    return { until: turn.now + waited + asking, waited, known: true }
  }
  const until = turn.now + asking + Math.round((behaviour.sizeMiB / rate) * 1000 * (0.85 + 0.3 * turn.draw("pull")))
  turn.images = { ...turn.images, [key]: until }
  return { until, waited: 0, known: true }
}

export const sizeBytes = (turn: Turn, image: string): number => Math.round((behaviourOf(turn.setting, image)?.sizeMiB ?? 0) * 1_048_576)

/** `docker.io/library/mongo:4.4.6`. */
export const reference = (image: string): string => {
  const first = image.split("/")[0] ?? ""
  const registry = first !== image && (first.includes(".") || first.includes(":") || first === "localhost")
  const full = registry ? image : image.includes("/") ? `docker.io/${image}` : `docker.io/library/${image}`
  const name = full.slice(full.lastIndexOf("/") + 1)
  return name.includes(":") || name.includes("@") ? full : `${full}:latest`
}

/** What containerd says of an image that its registry doesn't have. */
export const pullError = (image: string): string => {
  const full = reference(image)
  const begin = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  return full.startsWith("docker.io/")
    ? `${begin}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
    : `${begin}${full}: not found`
}
