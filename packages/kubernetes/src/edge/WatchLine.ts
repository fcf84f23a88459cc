/** Events of a watch as lines of JSON. What a thousand watchers hear is written once: an object that was just written down is remembered. */
import type { KubeObject, WatchEvent } from "@aiopslab/core/Kubernetes"
import { objectText } from "../server/JsonText.ts"

const kept = 64

export interface WatchLines {
  readonly of: (event: WatchEvent) => string
}

export const make = (): WatchLines => {
  const texts = new Map<KubeObject, string>()
  const textOf = (object: KubeObject): string => {
    const known = texts.get(object)
    if (known !== undefined) return known
    const [oldest] = texts.keys()
    if (texts.size >= kept && oldest !== undefined) texts.delete(oldest)
    const text = objectText(object)
    texts.set(object, text)
    return text
  }
  return { of: ({ object, type }) => `{"type":"${type}","object":${textOf(object)}}\n` }
}
