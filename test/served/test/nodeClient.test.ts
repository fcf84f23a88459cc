import { assert, layer } from "@effect/vitest"
import {
  ApiException,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  PatchStrategy,
  type V1ConfigMap,
  type V1Status
} from "@kubernetes/client-node"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { Writable } from "node:stream"
import { ServedCluster } from "./ServedCluster.ts"

const hotel = "test-hotel-reservation"

class Client extends Context.Service<Client, { readonly config: KubeConfig; readonly core: CoreV1Api }>()("test/Client") {
  static readonly layer = Layer.effect(
    Client,
    Effect.map(ServedCluster, ({ kubeconfig }) => {
      const config = new KubeConfig()
      config.loadFromFile(kubeconfig)
      return Client.of({ config, core: config.makeApiClient(CoreV1Api) })
    })
  ).pipe(Layer.provideMerge(ServedCluster.layer("x60")))
}

/** What is written to it. */
const sink = () => {
  const parts: Array<string> = []
  const stream = new Writable({
    write: (chunk: unknown, _encoding, done) => {
      parts.push(String(chunk))
      done()
    }
  })
  return { stream, text: () => parts.join("") }
}

const podOf = (service: string) =>
  Effect.gen(function* () {
    const { core } = yield* Client
    const { items } = yield* Effect.promise(() =>
      core.listNamespacedPod({ namespace: hotel, labelSelector: `io.kompose.service=${service}` })
    )
    return items[0]?.metadata?.name ?? ""
  })

const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data: { ...data }
})

layer(Client.layer, { excludeTestServices: true, timeout: "60 seconds" })("@kubernetes/client-node", (it) => {
  it.effect("lists by pages", () =>
    Effect.gen(function* () {
      const { core } = yield* Client
      const all = yield* Effect.promise(() => core.listNamespacedPod({ namespace: hotel }))
      const first = yield* Effect.promise(() => core.listNamespacedPod({ namespace: hotel, limit: 10 }))
      const token = first.metadata?._continue ?? ""
      const rest = yield* Effect.promise(() => core.listNamespacedPod({ namespace: hotel, limit: 100, _continue: token }))
      assert.strictEqual(first.items.length, 10)
      assert.deepStrictEqual(
        [...first.items, ...rest.items].map(({ metadata }) => metadata?.name),
        all.items.map(({ metadata }) => metadata?.name)
      )
    })
  )

  it.effect("exec separates the streams and tells the exit code", () =>
    Effect.gen(function* () {
      const { config } = yield* Client
      const pod = yield* podOf("mongodb-geo")
      const [out, err] = [sink(), sink()]
      const status = yield* Effect.callback<V1Status>((resume) => {
        void new Exec(config).exec(
          hotel,
          pod,
          "",
          ["sh", "-c", "echo out; echo err >&2; exit 3"],
          out.stream,
          err.stream,
          null,
          false,
          (found) => resume(Effect.succeed(found))
        )
      })
      assert.deepStrictEqual([out.text(), err.text(), status.reason], ["out\n", "err\n", "NonZeroExitCode"])
      assert.deepInclude(status.details?.causes?.[0], { reason: "ExitCode", message: "3" })
    })
  )

  it.effect("follows a log to its end", () =>
    Effect.gen(function* () {
      const { config, core } = yield* Client
      const pod = yield* podOf("geo")
      const lines = yield* Queue.unbounded<string>()
      const stream = new Writable({
        write: (chunk: unknown, _encoding, done) => {
          Queue.offerUnsafe(lines, String(chunk))
          done()
        }
      })
      const ended = yield* Deferred.make<void>()
      stream.once("finish", () => Deferred.doneUnsafe(ended, Effect.void))
      yield* Effect.promise(() => new Log(config).log(hotel, pod, "", stream, { follow: true, tailLines: 1 }))
      assert.notStrictEqual((yield* Queue.take(lines)).trim(), "")
      yield* Effect.promise(() => core.deleteNamespacedPod({ name: pod, namespace: hotel }))
      yield* Deferred.await(ended)
    })
  )

  it.effect("applies an object of any kind", () =>
    Effect.gen(function* () {
      const { config } = yield* Client
      const objects = KubernetesObjectApi.makeApiClient(config)
      const apply = (object: ReturnType<typeof configMap>, manager: string) =>
        objects.patch(object, undefined, undefined, manager, false, PatchStrategy.ServerSideApply)
      const made = yield* Effect.promise(() => apply(configMap("applied", { a: "1" }), "one"))
      assert.strictEqual(made.metadata.name, "applied")
      const refused = yield* Effect.flip(Effect.tryPromise(() => apply(configMap("applied", { a: "2" }), "two")))
      assert.strictEqual(refused.cause instanceof ApiException ? refused.cause.code : undefined, 409)
      assert.include(String(refused.cause), "Apply failed with 1 conflict: conflict with")
      const found = yield* Effect.promise(() => objects.read<V1ConfigMap>(configMap("applied")))
      assert.deepStrictEqual(found.data, { a: "1" })
      yield* Effect.promise(() => objects.delete(configMap("applied")))
    })
  )
})
