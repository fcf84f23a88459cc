/** `kubectl exec` of mongo in a store, as its administrator where it has one. */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { app } from "../src/HotelReservation.ts"

const { namespace, serviceLabel } = app.install({})

export const inStore = (api: KubeApi, store: string, script: string) =>
  Effect.gen(function* () {
    const labelSelector = `${serviceLabel}=${store}`
    const pods = yield* KubeClient.list(api, KubeClient.resources.pods, namespace, { labelSelector })
    const pod = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name ?? ""
    const login = store === "mongodb-geo" || store === "mongodb-rate" ? ["-u", "root", "-p", "root"] : []
    return yield* KubeClient.exec(api, { namespace, pod }, ["mongo", "admin", "--quiet", ...login, "--eval", script])
  }).pipe(Effect.scoped)
