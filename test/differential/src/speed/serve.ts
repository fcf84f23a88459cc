/** Our API server alone, as kube-apiserver is without controllers: prints where it is as a line of JSON, and serves until it is killed. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Effect from "effect/Effect"
import { flushCompileCache } from "node:module"

const [token = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const server = Server.make({ host: yield* MemoryHost.make() })
  const certificates = yield* Certificates.make(admin)
  const { url } = yield* HttpsEdge.serve({ api: server.api, certificates, tokens: new Map([[token, admin]]) })
  process.stdout.write(`${JSON.stringify({ url })}\n`)
  // a killed process leaves no code cache
  flushCompileCache()
  return yield* Effect.never
})

await Effect.runPromise(Effect.scoped(program))
