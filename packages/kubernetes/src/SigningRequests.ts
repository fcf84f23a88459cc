/** CertificateSigningRequests: the server writes down who asks, and nothing of that changes afterwards. */
import { groupsOf } from "./Rbac.ts"
import * as Result from "effect/Result"
import { record } from "./Json.ts"
import type { Admit } from "./Registry.ts"

export const admit: Admit = (object, previous, resource, _, { identity }) => {
  if (resource.id !== "certificatesigningrequests.certificates.k8s.io") return Result.succeed(object)
  if (previous !== undefined) return Result.succeed({ ...object, spec: previous["spec"] })
  const { extra: __, uid: ___, ...spec } = record(object["spec"])
  const { extra, uid, user } = identity
  return Result.succeed({
    ...object,
    spec: {
      ...spec,
      username: user,
      ...(uid === undefined ? {} : { uid }),
      groups: groupsOf(identity),
      ...(extra === undefined ? {} : { extra })
    }
  })
}
