/** Fields of features that are off in 1.34 by default. The server drops them without a word, before it validates. */
import type { JsonRecord } from "../Json.ts"
import { array, isRecord, record, records } from "../Json.ts"
import { without } from "../Json.ts"
import type { Fill } from "./Fill.ts"
import { all, dropped, each, field, when } from "./Fill.ts"

/** A hook of nothing but the signal goes with it. */
const lifecycle: Fill = (container) => {
  const hooks = container["lifecycle"]
  if (!isRecord(hooks) || hooks["stopSignal"] === undefined) return container
  const rest = without(hooks, "stopSignal")
  return Object.keys(rest).length === 0 ? without(container, "lifecycle") : { ...container, lifecycle: rest }
}

const noMounts: Fill = (container) =>
  container["volumeMounts"] !== undefined && array(container["volumeMounts"]).length === 0 ? without(container, "volumeMounts") : container

const common: Fill = all(dropped("restartPolicyRules"), lifecycle, noMounts, each("env", field("valueFrom", dropped("fileKeyRef"))))

const restarts: Fill = (container) =>
  container["restartPolicy"] === undefined || container["restartPolicy"] === "Always" ? container : without(container, "restartPolicy")

const containerLists = ["containers", "initContainers", "ephemeralContainers"]

/** Volumes made of images, and where they are mounted. Lists that are empty, then or before, go too. */
const imageVolumes: Fill = (spec) => {
  const images = new Set(records(spec["volumes"]).flatMap((volume) => (isRecord(volume["image"]) ? [volume["name"]] : [])))
  if (images.size === 0) return array(spec["volumes"]).length === 0 ? without(spec, "volumes") : spec
  const out: Record<string, unknown> = { ...spec, volumes: records(spec["volumes"]).filter((volume) => !isRecord(volume["image"])) }
  if (records(out["volumes"]).length === 0) delete out["volumes"]
  for (const list of containerLists) if (spec[list] !== undefined) out[list] = records(spec[list]).map((one) => unmounted(one, images))
  return out
}

const unmounted = (container: JsonRecord, names: ReadonlySet<unknown>): JsonRecord => {
  const mounts = array(container["volumeMounts"])
  const kept = mounts.filter((mount) => !names.has(record(mount)["name"]))
  if (kept.length === mounts.length) return container
  return kept.length === 0 ? without(container, "volumeMounts") : { ...container, volumeMounts: kept }
}

const projected: Fill = each("volumes", field("projected", each("sources", dropped("clusterTrustBundle", "podCertificate"))))

const dropDisabled: Fill = all(
  each("containers", all(common, dropped("restartPolicy"))),
  each("initContainers", all(common, restarts)),
  when((spec) => spec["ephemeralContainers"] !== undefined, each("ephemeralContainers", all(common, dropped("restartPolicy")))),
  dropped("hostnameOverride"),
  when((spec) => spec["volumes"] !== undefined, all(imageVolumes, projected))
)

const whole = new WeakMap<JsonRecord, JsonRecord>()

/** Remembers what was there. */
export const dropping =
  (drop: Fill): Fill =>
  (spec) => {
    const out = drop(spec)
    if (out !== spec) whole.set(out, spec)
    return out
  }

export const withoutDisabled: Fill = dropping(dropDisabled)

/** The spec as it was before something was dropped: its writer owns that too. */
export const undropped = (spec: JsonRecord): JsonRecord => whole.get(spec) ?? spec
