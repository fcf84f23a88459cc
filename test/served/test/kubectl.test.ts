import { assert, describe, layer } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ServedCluster } from "./ServedCluster.ts"

const missing = requireProgram("kubectl")
const namespace = ["-n", "test-hotel-reservation"]

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cache, namespace: default, labels: { app: cache } }
spec:
  replicas: 1
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec: { containers: [{ name: cache, image: memcached, ports: [{ containerPort: 11211 }] }] }
`

describe.skipIf(missing !== undefined)(`unmodified kubectl over HTTPS${missing ?? ""}`, () => {
  layer(ServedCluster.layer("x60"), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    const succeed = Effect.fnUntraced(function* (argv: ReadonlyArray<string>, stdin?: string) {
      const { kubectl } = yield* ServedCluster
      const done = yield* kubectl(argv, stdin)
      assert.strictEqual(done.code, 0, `kubectl ${argv.join(" ")}\n${done.stdout}${done.stderr}`)
      return done.stdout
    })

    it.effect("get prints the columns that people know", () =>
      Effect.gen(function* () {
        const pods = yield* succeed(["get", "pods", ...namespace])
        assert.match(pods, /^NAME +READY +STATUS +RESTARTS +AGE\n/u)
        assert.match(pods, /\nmongodb-geo-\S+ +1\/1 +Running +0 +/u)
        assert.match(yield* succeed(["get", "nodes", "-o", "wide"]), /kind-control-plane +Ready +control-plane /u)
        assert.match(yield* succeed(["get", "deploy,svc", ...namespace]), /deployment.apps\/frontend +1\/1 +1 +1 /u)
        assert.strictEqual(
          yield* succeed(["get", "deploy", "geo", ...namespace, "-o", "jsonpath={.spec.template.spec.containers[0].name}"]),
          "hotel-reserv-geo"
        )
      })
    )

    it.effect("describe shows conditions and events", () =>
      Effect.gen(function* () {
        const text = yield* succeed(["describe", "pod", "-l", "io.kompose.service=geo", ...namespace])
        assert.match(text, /Status: +Running/u)
        assert.match(text, /Normal +Pulled .*hotelreservation/u)
        assert.match(
          yield* succeed(["describe", "deployment", "geo", ...namespace]),
          /1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable/u
        )
      })
    )

    it.effect("top shows what pods and nodes use", () =>
      Effect.gen(function* () {
        assert.match(yield* succeed(["top", "pods", ...namespace]), /\nmongodb-geo-\S+ +[1-9]\d*m +[1-9]\d*Mi /u)
        assert.match(yield* succeed(["top", "nodes"]), /\nkind-worker +[1-9]\d*m +\d+% +[1-9]\d*Mi +[1-9]\d*% /u)
      })
    )

    it.effect("logs are the program's", () =>
      Effect.gen(function* () {
        assert.notStrictEqual((yield* succeed(["logs", "deploy/geo", ...namespace])).trim(), "")
      })
    )

    it.effect("apply, scale, rollout, delete: a workload's whole life", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* succeed(["apply", "-f", "-"], deployment), "deployment.apps/cache created\n")
        assert.strictEqual(yield* succeed(["apply", "-f", "-"], deployment), "deployment.apps/cache unchanged\n")
        assert.strictEqual(
          yield* succeed(["apply", "-f", "-"], deployment.replace("replicas: 1", "replicas: 2")),
          "deployment.apps/cache configured\n"
        )
        assert.match(yield* succeed(["rollout", "status", "deploy/cache", "-n", "default", "--timeout=60s"]), /successfully rolled out/u)
        assert.strictEqual(yield* succeed(["scale", "deploy", "cache", "-n", "default", "--replicas=3"]), "deployment.apps/cache scaled\n")
        yield* succeed(["rollout", "status", "deploy/cache", "-n", "default", "--timeout=60s"])
        const names = yield* succeed(["get", "pods", "-n", "default", "-l", "app=cache", "-o", "name"])
        assert.strictEqual(names.trim().split("\n").length, 3)
        assert.match(yield* succeed(["delete", "deploy", "cache", "-n", "default"]), /^deployment.apps "cache" deleted/u)
        yield* succeed(["wait", "--for=delete", "pod", "-n", "default", "-l", "app=cache", "--timeout=60s"])
        assert.strictEqual(yield* succeed(["get", "pods", "-n", "default", "-o", "name"]), "")
      })
    )

    it.effect("exec runs in the container, with its exit code", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        const shell = yield* succeed([
          "exec",
          "deploy/mongodb-geo",
          ...namespace,
          "--",
          "mongo",
          "admin",
          "-u",
          "root",
          "-p",
          "root",
          "--quiet",
          "--eval",
          "db.getUsers().length"
        ])
        assert.match(shell, /^\d+\n$/u)
        const failed = yield* kubectl(["exec", "deploy/mongodb-geo", ...namespace, "--", "sh", "-c", "exit 3"])
        assert.strictEqual(failed.code, 3)
      })
    )

    it.effect("cp copies there and back", () =>
      Effect.gen(function* () {
        const { dir } = yield* ServedCluster
        const pods = yield* succeed(["get", "pods", ...namespace, "-l", "io.kompose.service=mongodb-geo", "-o", "name"])
        const pod = `${pods.trim().replace("pod/", "")}:/tmp/copied`
        writeFileSync(join(dir, "one"), "some text\n")
        yield* succeed(["cp", ...namespace, "one", pod])
        yield* succeed(["cp", ...namespace, pod, "two"])
        assert.strictEqual(readFileSync(join(dir, "two"), "utf8"), "some text\n")
      })
    )

    it.effect("a mistake reads as it does on a real cluster", () =>
      Effect.gen(function* () {
        const { kubectl } = yield* ServedCluster
        const absent = yield* kubectl(["get", "pod", "nobody"])
        assert.deepStrictEqual([absent.code, absent.stderr], [1, 'Error from server (NotFound): pods "nobody" not found\n'])
        const unknown = yield* kubectl(["get", "nothings"])
        assert.match(unknown.stderr, /the server doesn't have a resource type "nothings"/u)
        const hidden = yield* kubectl(["get", "traffics", "-A", "--as", "jane", "--cache-dir", "janes-cache"])
        assert.match(hidden.stderr, /the server doesn't have a resource type "traffics"/u)
      })
    )
  })
})
