/** Serves a bare API server over HTTPS and writes its kubeconfig: `node --conditions=@aiopslab/source scripts/serve.ts FILE`. */
import { admin } from "@aiopslab/core/Kubernetes"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Certificates from "../src/edge/Certificates.ts"
import * as HttpsEdge from "../src/edge/HttpsEdge.ts"
import * as Kubeconfig from "../src/edge/Kubeconfig.ts"
import { call } from "../src/edge/WebhookCaller.ts"
import * as MemoryHost from "../src/MemoryHost.ts"
import * as Server from "../src/Server.ts"

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const server = Server.make({ host: yield* MemoryHost.make({ outside: call }) })
  const certificates = yield* Certificates.make(admin)
  const edge = yield* HttpsEdge.serve({
    api: server.api,
    certificates,
    tokens: new Map([["admin", admin]]),
    authenticate: server.authenticate,
    authorize: server.authorize
  })
  yield* fs.writeFileString(process.argv[2] ?? "kubeconfig", Kubeconfig.kubeconfig({ name: "bare", server: edge.url, certificates }))
  yield* Effect.log(edge.url)
  return yield* Effect.never
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
