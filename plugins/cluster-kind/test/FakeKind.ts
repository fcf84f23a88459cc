/** A machine whose `kind` and `docker` are programs of ours: clusters are files, and all of them have one API, which a test can look into. */
import { admin, type KubeApi, type KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { planeGroup, planeVersion } from "@aiopslab/core/Workload"
import { it } from "@effect/vitest"
import { afterAll } from "vitest"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import { kubeconfig } from "@aiopslab/kubernetes/edge/Kubeconfig"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { services } from "./Provider.ts"

const notFound = new KubeStatus({ code: 404, reason: "NotFound", message: "the server could not find the requested resource" })

const ready = { conditions: [{ type: "Ready", status: "True" }] }
const listed = ["get", "list", "create", "delete"]
const resource = (name: string, kind: string, namespaced: boolean) => ({ name, kind, namespaced, verbs: listed })

const discovery: Readonly<Record<string, unknown>> = {
  "/version": { gitVersion: "v1.34.0" },
  "/apis": { groups: [{ name: planeGroup, preferredVersion: { version: "v1", groupVersion: planeVersion } }] },
  [`/apis/${planeVersion}`]: { resources: [resource("networkimpairments", "NetworkImpairment", true)] },
  "/api/v1": {
    resources: [
      resource("nodes", "Node", false),
      resource("namespaces", "Namespace", false),
      resource("pods", "Pod", true),
      resource("configmaps", "ConfigMap", true)
    ]
  }
}

const plurals = new Set(["nodes", "namespaces", "pods", "configmaps", "networkimpairments"])

const initially = (): Map<string, KubeObject> =>
  new Map<string, KubeObject>([
    ["/api/v1/nodes/one", { apiVersion: "v1", kind: "Node", metadata: { name: "one" }, status: ready }],
    ["/api/v1/namespaces/kube-system", { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } }],
    [
      "/api/v1/namespaces/kube-system/pods/dns",
      { apiVersion: "v1", kind: "Pod", metadata: { name: "dns", namespace: "kube-system" }, status: ready }
    ]
  ])

/** Objects by their paths; a list has those below its own path, in whichever namespace. Whoever deletes a namespace deletes what is in it, but nobody what is held. */
const apiOf = (objects: Map<string, KubeObject>) => (): KubeApi => ({
  request: ({ method, path: at }) =>
    Effect.suspend(() => {
      if (at in discovery) return Effect.succeed({ code: 200, body: discovery[at] })
      const found = objects.get(at)
      if (method === "DELETE" && found !== undefined) {
        if (found.metadata.finalizers !== undefined) return Effect.succeed({ code: 200, body: {} })
        for (const key of objects.keys()) if (key === at || key.startsWith(`${at}/`)) objects.delete(key)
        return Effect.succeed({ code: 200, body: {} })
      }
      if (found !== undefined) return Effect.succeed({ code: 200, body: found })
      const plural = at.slice(at.lastIndexOf("/") + 1)
      if (!plurals.has(plural)) return Effect.fail(notFound)
      const pattern = new RegExp(`^/apis?/\\S*v1/(namespaces/[^/]+/)?${plural}/[^/]+$`, "u")
      return Effect.succeed({ code: 200, body: { items: [...objects].filter(([key]) => pattern.test(key)).map(([, object]) => object) } })
    }),
  watch: () => Stream.fail(notFound),
  connect: () => Effect.fail(notFound)
})

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "aiopslab-kind-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const real = process.env["PATH"] ?? ""

export class FakeKind extends Context.Service<
  FakeKind,
  {
    /** What the clusters' one API shows. */
    readonly objects: Map<string, KubeObject>
    /** Calls of `kind` so far, paths left out. */
    readonly calls: () => ReadonlyArray<string>
    readonly clusters: () => ReadonlyArray<string>
    /** Folders of pools, live or dead. */
    readonly holdings: () => ReadonlyArray<string>
    /** Sets a file that the fake programs go by, or with no text takes it away. */
    readonly set: (file: string, text?: string) => void
    readonly has: (file: string) => boolean
    /** A pool's folder as a process leaves it that was killed, with one cluster. */
    readonly leaveOrphan: (cluster: string) => void
  }
>()("test/FakeKind") {
  static readonly layer = (lab: string) =>
    Layer.effect(
      FakeKind,
      Effect.gen(function* () {
        const state = path.join(lab, "state")
        fs.mkdirSync(path.join(lab, "clusters"))
        fs.writeFileSync(path.join(lab, "node"), "ip4 *filter\nip4 :INPUT ACCEPT [0:0]\nps kubelet\n")
        process.env["FAKE_KIND"] = lab
        process.env["PATH"] = `${path.join(import.meta.dirname, "fake")}:${real}`
        yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(lab, { recursive: true, force: true })))
        const objects = initially()
        const certificates = yield* Certificates.make(admin)
        const { url } = yield* HttpsEdge.serve({ api: apiOf(objects), certificates })
        fs.writeFileSync(path.join(lab, "kubeconfig"), kubeconfig({ name: "fake", server: url, certificates }))
        const pools = path.join(state, "aiopslab/kind")
        return FakeKind.of({
          objects,
          calls: () =>
            fs
              .readFileSync(path.join(lab, "calls"), "utf8")
              .trim()
              .split("\n")
              .map((call) => call.replaceAll(/ --(config|kubeconfig) \S+/gu, "")),
          clusters: () => fs.readdirSync(path.join(lab, "clusters")).toSorted(),
          holdings: () => (fs.existsSync(pools) ? fs.readdirSync(pools) : []),
          set: (file, text) =>
            text === undefined ? fs.rmSync(path.join(lab, file), { force: true }) : fs.writeFileSync(path.join(lab, file), text),
          has: (file) => fs.existsSync(path.join(lab, file)),
          leaveOrphan: (cluster) => {
            fs.mkdirSync(path.join(pools, "1", cluster), { recursive: true })
            // no process starts at 0
            fs.writeFileSync(path.join(pools, "1/run.lock"), JSON.stringify({ host: os.hostname(), pid: process.pid, started: "0" }))
            fs.writeFileSync(path.join(lab, "clusters", cluster), "")
          }
        })
      })
    )
}

/** A machine of its own, whose pools are noted apart. */
const machine = () => {
  const lab = fs.mkdtempSync(path.join(folder, "lab-"))
  const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ XDG_STATE_HOME: path.join(lab, "state") }))
  return Layer.mergeAll(FakeKind.layer(lab), services, environment)
}

/** A test on such a machine, under the wall's clock. */
export const test = (name: string, body: Effect.Effect<void, unknown, Layer.Success<ReturnType<typeof machine>>>): void =>
  it.live(name, () => body.pipe(Effect.provide(machine())), 60_000)
