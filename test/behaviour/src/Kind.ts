/** A Kind cluster by the kubeconfig that `kind create cluster --kubeconfig` writes. */
import { admin } from "@aiopslab/core/Kubernetes"
import { record, string } from "@aiopslab/kubernetes/Json"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"

const Kubeconfig = Schema.Struct({
  clusters: Schema.Tuple([
    Schema.Struct({ cluster: Schema.Struct({ server: Schema.String, "certificate-authority-data": Schema.String }) })
  ]),
  users: Schema.Tuple([
    Schema.Struct({ user: Schema.Struct({ "client-certificate-data": Schema.String, "client-key-data": Schema.String }) })
  ])
})

const decoded = (text: string): Buffer => Buffer.from(text, "base64")

export const connect = Effect.fnUntraced(function* (kubeconfig: string) {
  const fs = yield* FileSystem.FileSystem
  const {
    clusters: [{ cluster }],
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
  return { api, server: string(record(body)["gitVersion"]) ?? "" }
})
