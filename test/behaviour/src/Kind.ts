/** A Kind cluster by the kubeconfig that `kind create cluster --kubeconfig` writes. */
import { admin } from "@aiopslab/core/Kubernetes"
import { record, string } from "@aiopslab/kubernetes/Json"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { parse } from "yaml"
import { type Site, SituationError } from "./Play.ts"

const Kubeconfig = Schema.Struct({
  clusters: Schema.Tuple([
    Schema.Struct({ name: Schema.String, cluster: Schema.Struct({ server: Schema.String, "certificate-authority-data": Schema.String }) })
  ]),
  users: Schema.Tuple([
    Schema.Struct({ user: Schema.Struct({ "client-certificate-data": Schema.String, "client-key-data": Schema.String }) })
  ])
})

const decoded = (text: string): Buffer => Buffer.from(text, "base64")

/** A node is a container: without power, what runs in it is no more at once. */
const powerOf = Effect.map(
  ChildProcessSpawner,
  (spawner): Site["power"] =>
    (node, is) =>
      spawner.exitCode(ChildProcess.make("docker", [is === "off" ? "kill" : "start", node], { stdin: "ignore" })).pipe(
        Effect.catch((error) => Effect.fail(new SituationError(error.message))),
        Effect.flatMap((code) =>
          code === 0 ? Effect.void : Effect.fail(new SituationError(`docker leaves ${node} as it is (exit ${code})`))
        )
      )
)

export const connect = Effect.fnUntraced(function* (kubeconfig: string) {
  const fs = yield* FileSystem.FileSystem
  const {
    clusters: [{ cluster, name }],
    users: [{ user }]
  } = yield* Schema.decodeUnknownEffect(Kubeconfig)(parse(yield* fs.readFileString(kubeconfig)))
  const client = yield* HttpsClient.make({
    server: cluster.server,
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
    headers: Effect.succeed({})
  })
  const api = client(admin)
  const { body } = yield* api.request({ method: "GET", path: "/version" })
  const site: Site = { api, prefix: `${name.replace(/^kind-/u, "")}-`, power: yield* powerOf }
  return { site, server: string(record(body)["gitVersion"]) ?? "" }
})
