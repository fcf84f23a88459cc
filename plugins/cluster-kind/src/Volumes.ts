/** Volumes that an application brought along: nobody provisioned them, so nobody deletes them, nor their data, which is a folder of a node. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { record, string } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { call } from "./Programs.ts"

const provisioner = "pv.kubernetes.io/provisioned-by"

/** Two names deep, without a way up, and nothing that the node itself lives by. */
const removable = /^\/(?!(?:bin|boot|dev|etc|kind|lib\w*|proc|run|sbin|sys|usr|var\/lib|var\/run)\/)[^/]+(?:\/(?!\.\.?(?:\/|$))[^/]+)+\/?$/u

/** The folder, if the volume is one that is to be deleted with its data: of one that is still claimed, or of another kind, nothing. */
export const leftFolder = ({ metadata, spec, status }: KubeObject): string | undefined => {
  const { hostPath, local } = record(spec)
  const folder = string(record(hostPath)["path"]) ?? string(record(local)["path"]) ?? ""
  const isProvisioned = metadata.annotations?.[provisioner] !== undefined
  return isProvisioned || record(status)["phase"] === "Bound" || !removable.test(folder) ? undefined : folder
}

/** What a machine's owner mounted into a node is not the trial's to delete. */
const script = `for folder; do
  [ -d "$folder" ] || continue
  on=$(stat -c %d "$folder")
  if [ "$on" = "$(stat -c %d /)" ] || [ "$on" = "$(stat -c %d /var)" ]; then rm -rf --one-file-system -- "$folder"; fi
done`

/** Deletes the folders on each of the nodes. */
export const empty = (nodes: Iterable<string>, folders: ReadonlyArray<string>): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  folders.length === 0
    ? Effect.void
    : Effect.forEach([...nodes], (node) => call("docker", ["exec", node, "sh", "-c", script, "sh", ...folders], `docker exec ${node}`), {
        discard: true
      })
