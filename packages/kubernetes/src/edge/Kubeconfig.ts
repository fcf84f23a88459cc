/** The kubeconfig of a served cluster, as YAML text: one cluster, one user with a client certificate, one context. */
import { stringify } from "yaml"
import type { Certificates } from "./Certificates.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")

export const kubeconfig = (cluster: {
  readonly name: string
  readonly server: string
  readonly certificates: Certificates
  readonly namespace?: string
}): string =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: cluster.name,
        cluster: { server: cluster.server, "certificate-authority-data": base64(cluster.certificates.authority) }
      }
    ],
    users: [
      {
        name: cluster.name,
        user: {
          "client-certificate-data": base64(cluster.certificates.client.certificate),
          "client-key-data": base64(cluster.certificates.client.key)
        }
      }
    ],
    contexts: [
      {
        name: cluster.name,
        context: {
          cluster: cluster.name,
          user: cluster.name,
          ...(cluster.namespace === undefined ? {} : { namespace: cluster.namespace })
        }
      }
    ],
    "current-context": cluster.name
  })
