/** What the real server's admission plugins do to objects on their way into the store: one file each in `admission/`. */
import type { Admit, Registry } from "@aiopslab/kubernetes/Registry"
import * as RegistryOf from "@aiopslab/kubernetes/Registry"
import { claimResize } from "./admission/ClaimResize.ts"
import { defaultStorageClass } from "./admission/DefaultStorageClass.ts"
import { limitRange, limits } from "./admission/LimitRange.ts"
import { podSecurity } from "./admission/PodSecurity.ts"
import { priority } from "./admission/Priority.ts"
import { resourceQuota } from "./admission/ResourceQuota.ts"
import { serviceAccount } from "./admission/ServiceAccount.ts"
import { scheme } from "./Plane.ts"

/** In the real order: those that change, then those that refuse. The server of an embedded cluster takes them too. */
export const admission: ReadonlyArray<Admit> = [
  limitRange,
  serviceAccount,
  priority,
  defaultStorageClass,
  podSecurity,
  limits,
  claimResize,
  resourceQuota
]

/** For controllers: admission without validation, because their objects are valid by construction. Webhooks are asked about them, too. */
export const registry: Registry = RegistryOf.make({ scheme, admission, dynamic: "asked" })
