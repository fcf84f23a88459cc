/** Volumes that an application brought along: nobody provisioned them, so nobody deletes them, nor their data, which is a folder of a node. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { LabError } from "@aiopslab/core/LabError"
import { record, string } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { call } from "./Programs.ts"

const provisioner = "pv.kubernetes.io/provisioned-by"

/** Two names deep, without a way up, and nothing that the node itself lives by. */
const removable =
  /^\/(?!(?:bin|boot|dev|etc|kind|lib\w*|opt\/cni|proc|run|sbin|sys|usr|var\/lib|var\/run|var\/local-path-provisioner)(?:\/|$))(?:(?!\.\.?\/)[^/]+\/)+(?!\.\.?\/?$)[^/]+\/?$/u

/** The folder, if the volume is one that is to be deleted with its data: of one that is still claimed, or of another kind, nothing. */
export const leftFolder = ({ metadata, spec, status }: KubeObject): string | undefined => {
  const { hostPath, local } = record(spec)
  const folder = string(record(hostPath)["path"]) ?? string(record(local)["path"]) ?? ""
  const isProvisioned = metadata.annotations?.[provisioner] !== undefined
  return isProvisioned || record(status)["phase"] === "Bound" || !removable.test(folder) ? undefined : folder
}

/**
 * What a machine's owner mounted into a node is not the trial's to delete, nor what lies behind a link: the folder must be on one of the
 * node's own file systems by its mounts, for a mounted one may be on the same device, and have no mount within.
 */
const script = `for folder; do
  folder=\${folder%/}
  [ "$(readlink -e -- "$folder")" = "$folder" ] || continue
  awk -v folder="$folder/" '
    { at = $5 == "/" ? "/" : $5 "/" }
    index(at, folder) == 1 { within = 1 }
    index(folder, at) == 1 && length(at) > length(on) { on = at }
    END { exit within || (on != "/" && on != "/var/") }' /proc/self/mountinfo || continue
  rm -rf --one-file-system -- "$folder"
done`

/** Deletes the folders on each of the nodes. */
export const empty = (nodes: Iterable<string>, folders: ReadonlyArray<string>): Effect.Effect<void, LabError, ChildProcessSpawner> =>
  folders.length === 0
    ? Effect.void
    : Effect.forEach([...nodes], (node) => call("docker", ["exec", node, "sh", "-c", script, "sh", ...folders], `docker exec ${node}`), {
        discard: true
      })
