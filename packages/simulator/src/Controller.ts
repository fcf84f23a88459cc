/** A controller: which changes concern it, and how it brings one object closer to what is wanted. Level-triggered: a key says "look", never what happened. */
import type { Change } from "@aiopslab/kubernetes/Store"
import type { Turn } from "./Turn.ts"

export interface Controller {
  readonly name: string
  /** Ids of resources whose changes it sees; `*` for all. */
  readonly resources: ReadonlyArray<string>
  /** Enqueues the keys of objects that a change concerns. */
  readonly observe: (turn: Turn, change: Change) => void
  readonly reconcile: (turn: Turn, key: string) => void
}

/** `namespace/name` of an object. */
export const keyOf = (object: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string =>
  `${object.metadata.namespace ?? ""}/${object.metadata.name}`

export const parseKey = (key: string): readonly [namespace: string, name: string] => {
  const slash = key.indexOf("/")
  return [key.slice(0, slash), key.slice(slash + 1)]
}
