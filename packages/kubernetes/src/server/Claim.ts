/** What a request says about who owns the object's fields: usually nothing, and then those of the stored object do. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Result from "effect/Result"
import * as Fields from "../apply/FieldSet.ts"
import type { Managed } from "../apply/Managed.ts"
import * as Entries from "../apply/Managed.ts"
import { shown } from "../apply/Ownership.ts"
import { string } from "../Json.ts"
import type { Claim } from "../Registry.ts"
import * as Status from "../Status.ts"
import type { ResourceCall } from "./Call.ts"
import { nameCauses } from "./WriteOptions.ts"

const maxSubresource = 256

const causes = (managed: Managed): ReadonlyArray<Status.Cause> =>
  Entries.encode(managed).flatMap((entry, i) => {
    const path = `metadata.managedFields[${i}]`
    const subresource = string(entry["subresource"]) ?? ""
    return [
      ...nameCauses(string(entry["manager"]) ?? "", `${path}.manager`),
      ...(Buffer.byteLength(subresource) > maxSubresource
        ? [
            {
              reason: "FieldValueTooLong",
              message: `Too long: may not be more than ${maxSubresource} bytes`,
              field: `${path}.subresource`
            } as const
          ]
        : [])
    ]
  })

/** Owners of nothing are dropped, and owners by versions that the server does not know. */
const known = (call: ResourceCall, managed: Managed): Managed =>
  managed.filter(({ apiVersion, fields }) => !Fields.isEmpty(fields) && call.scheme.byKind.has(`${apiVersion}/${call.resource.kind}`))

const unclaimed: Result.Result<Claim | undefined, KubeStatus> = Result.succeed(undefined)

/** Entries that can't be read count as not sent; names that are too long are refused. */
export const claimOf = (
  call: ResourceCall,
  object: KubeObject,
  previous: KubeObject | undefined
): Result.Result<Claim | undefined, KubeStatus> => {
  const given = object.metadata["managedFields"]
  if (given === undefined || (previous !== undefined && given === shown(previous).metadata["managedFields"])) return unclaimed
  if (Entries.isReset(given)) return Result.succeed({ since: Entries.none })
  const managed = Entries.decode(given)
  if (managed === undefined || managed.length === 0) return unclaimed
  const since = known(call, managed)
  const wrong = causes(since)
  // the real server validates metadata four times, and counts
  return wrong.length > 0
    ? Result.fail(Status.invalid(call.resource, object.metadata.name, [...wrong, ...wrong, ...wrong, ...wrong]))
    : Result.succeed({ since })
}
