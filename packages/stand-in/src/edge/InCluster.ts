/** The API as a pod reaches it: by the environment and the account that the kubelet gives it. */
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Effect from "effect/Effect"
import * as Disk from "./Disk.ts"

const account = "/var/run/secrets/kubernetes.io/serviceaccount"

export const inCluster = Effect.suspend(() => {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = process.env
  return HttpsClient.make({
    server: `https://${host}:${port}`,
    ca: Disk.file(`${account}/ca.crt`) ?? "",
    // the kubelet renews it
    headers: Effect.sync(() => ({ authorization: `Bearer ${Disk.file(`${account}/token`) ?? ""}` }))
  })
})
