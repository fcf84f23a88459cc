/** etcd and kube-apiserver of the kit, alone on the loopback interface: no nodes, no controllers, nothing kept. */
import { admin, type KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schedule from "effect/Schedule"
import * as ChildProcess from "effect/process/ChildProcess"
import { generateKeyPairSync } from "node:crypto"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"

const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore", killSignal: "SIGKILL" } as const

export interface RealServer {
  readonly url: string
  /** The administrator's. */
  readonly token: string
  /** PEM, in a file: what the server shows. */
  readonly certificate: string
  readonly api: KubeApi
  /** etcd's and kube-apiserver's. */
  readonly pids: ReadonlyArray<number>
  /** Milliseconds from the start of etcd until the server was ready. */
  readonly startMillis: number
}

/** A new server, its API as its administrator; the scope ends it. */
export const start = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "differential-" })
  const key = `${folder}/sa.key`
  const token = "differential"
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  yield* fs.writeFileString(key, privateKey.export({ type: "pkcs1", format: "pem" }).toString())
  yield* fs.writeFileString(`${folder}/tokens.csv`, `${token},${admin.user},${admin.user},"${admin.groups.join(",")}"\n`)
  const client = `http://127.0.0.1:${yield* freePort}`
  const peer = `http://127.0.0.1:${yield* freePort}`
  const port = yield* freePort
  const url = `https://127.0.0.1:${port}`

  const began = performance.now()
  const etcd = yield* ChildProcess.make(
    "etcd",
    [
      "--name=default",
      `--data-dir=${folder}/etcd`,
      "--unsafe-no-fsync",
      "--log-level=error",
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`
    ],
    quiet
  )
  const apiserver = yield* ChildProcess.make(
    "kube-apiserver",
    [
      `--etcd-servers=${client}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${folder}/certificates`,
      `--token-auth-file=${folder}/tokens.csv`,
      "--authorization-mode=RBAC",
      "--anonymous-auth=false",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--endpoint-reconciler-type=none",
      "--disable-admission-plugins=ServiceAccount",
      "--allow-privileged=true"
    ],
    quiet
  )
  const connect = yield* HttpsClient.make({
    server: url,
    rejectUnauthorized: false,
    headers: Effect.succeed({ authorization: `Bearer ${token}` })
  })
  const api = connect(admin)
  const ready = ["/readyz", "/api/v1/namespaces/default", "/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical"]
  yield* Effect.forEach(ready, (path) => api.request({ method: "GET", path })).pipe(
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 }),
    Effect.catchTag("KubeStatus", ({ message }) =>
      Effect.fail(new KubeStatus({ code: 503, reason: "ServiceUnavailable", message: `kube-apiserver was not ready in 30 s: ${message}` }))
    )
  )
  return {
    url,
    token,
    certificate: `${folder}/certificates/apiserver.crt`,
    api,
    pids: [Number(etcd.pid), Number(apiserver.pid)],
    startMillis: performance.now() - began
  } satisfies RealServer
})
