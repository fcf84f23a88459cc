/** A server that clients reach by a kubeconfig: the real one, and ours behind its HTTPS edge. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { stringify } from "yaml"
import { identity } from "../Comparison.ts"
import * as RealServer from "../RealServer.ts"

export interface Side {
  readonly name: "ours" | "real"
  readonly url: string
  /** The administrator's. */
  readonly token: string
  readonly kubeconfig: (namespace: string) => string
}

const side = (
  name: Side["name"],
  { authority, token, url }: { readonly url: string; readonly authority: string; readonly token: string }
): Side => ({
  name,
  url,
  token,
  kubeconfig: (namespace: string) =>
    stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "cluster", cluster: { server: url, "certificate-authority-data": Buffer.from(authority).toString("base64") } }],
      users: [{ name: "agent", user: { token } }],
      contexts: [{ name: "cluster", context: { cluster: "cluster", user: "agent", namespace } }],
      "current-context": "cluster"
    })
})

/** Ours, also as its administrator has it in process. */
export const embedded = Effect.gen(function* () {
  const token = "differential"
  const server = Server.make({ host: yield* MemoryHost.make() })
  const certificates = yield* Certificates.make(admin)
  const { api, authenticate, authorize } = server
  const { url } = yield* HttpsEdge.serve({ api, authenticate, authorize, certificates, tokens: new Map([[token, identity]]) })
  return { side: side("ours", { url, authority: certificates.authority, token }), api: api(identity) }
})

const ours = Effect.map(embedded, ({ side }) => side)

const real = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { certificate, token, url } = yield* RealServer.start
  return side("real", { url, authority: yield* fs.readFileString(certificate), token })
})

export interface Sides {
  readonly ours: Side
  readonly real: Side
}

/** Both, new; the scope ends them. */
export const start = Effect.all({ ours, real })
