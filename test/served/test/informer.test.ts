import { assert, it } from "@effect/vitest"
import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from "@kubernetes/client-node"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Certificates from "@aiopslab/kubernetes/edge/Certificates"
import * as HttpsEdge from "@aiopslab/kubernetes/edge/HttpsEdge"
import { kubeconfig } from "@aiopslab/kubernetes/edge/Kubeconfig"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { compact } from "@aiopslab/kubernetes/Store"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({ metadata: { name }, data: { ...data } })

it.live("an informer of @kubernetes/client-node follows, and lists again when what it knew is too old", () =>
  Effect.gen(function* () {
    const host = yield* MemoryHost.make()
    const certificates = yield* Certificates.make(admin)
    const { url } = yield* HttpsEdge.serve({ api: Server.make({ host }).api, certificates })
    const config = new KubeConfig()
    config.loadFromString(kubeconfig({ name: "bare", server: url, certificates }))
    const core = config.makeApiClient(CoreV1Api)
    const namespace = "default"

    const changes = yield* Queue.unbounded<string>()
    const informer = makeInformer<V1ConfigMap>(config, "/api/v1/namespaces/default/configmaps", () =>
      core.listNamespacedConfigMap({ namespace })
    )
    const tell = (verb: string) => (object: V1ConfigMap) => Queue.offerUnsafe(changes, `${verb} ${object.metadata?.name ?? ""}`)
    informer.on("add", tell("add"))
    informer.on("update", tell("update"))
    informer.on("delete", tell("delete"))
    // to stop it aborts the request, which is told as an error
    informer.on("error", (error) => {
      if (!(error instanceof Error) || error.name !== "AbortError") Queue.offerUnsafe(changes, `error ${String(error)}`)
    })
    yield* Effect.promise(() => informer.start())
    yield* Effect.promise(() => core.createNamespacedConfigMap({ namespace, body: configMap("one") }))
    assert.strictEqual(yield* Queue.take(changes), "add one")
    yield* Effect.promise(() => core.replaceNamespacedConfigMap({ name: "one", namespace, body: configMap("one", { a: "b" }) }))
    assert.strictEqual(yield* Queue.take(changes), "update one")
    assert.strictEqual(informer.get("one", namespace)?.data?.["a"], "b")

    yield* Effect.promise(() => informer.stop())
    yield* Effect.promise(() => core.deleteNamespacedConfigMap({ name: "one", namespace }))
    yield* Effect.promise(() => core.createNamespacedConfigMap({ namespace, body: configMap("two") }))
    yield* Effect.flatMap(host.store, (store) => host.restore(compact(store)))
    yield* Effect.promise(() => informer.start())
    assert.deepStrictEqual([yield* Queue.take(changes), yield* Queue.take(changes)].sort(), ["add two", "delete one"])
    yield* Effect.promise(() => core.deleteNamespacedConfigMap({ name: "two", namespace }))
    assert.strictEqual(yield* Queue.take(changes), "delete two")
    yield* Effect.promise(() => informer.stop())
  }).pipe(Effect.scoped)
)
