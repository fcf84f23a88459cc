/** The scheme at a moment: the server's own resources and those of the stored CustomResourceDefinitions. */
import type { Scheme } from "../Scheme.ts"
import { ofResources } from "../Scheme.ts"
import * as Store from "../Store.ts"
import * as Definition from "./Definition.ts"

export const definitions = "customresourcedefinitions.apiextensions.k8s.io"

const known = new WeakMap<object, { readonly base: Scheme; readonly scheme: Scheme }>()

/** Made anew only when a definition was written; the scheme itself where there is none. */
export const at = (base: Scheme, store: Store.Store): Scheme => {
  const list = Store.list(store, definitions)
  if (list.length === 0) return base
  const found = known.get(list)
  if (found?.base === base) return found.scheme
  const scheme = ofResources([...base.resources, ...list.flatMap(Definition.resources)])
  known.set(list, { base, scheme })
  return scheme
}
