import { assert, describe, layer } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { finish } from "./Program.ts"
import { ServedCluster } from "./ServedCluster.ts"

const missing = requireProgram("helm") ?? requireProgram("kubectl")
const chart = fileURLToPath(new URL("../clients/lantern/", import.meta.url))

describe.skipIf(missing !== undefined)(`unmodified helm${missing ?? ""}`, () => {
  layer(ServedCluster.layer("x60"), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    const run = Effect.fnUntraced(function* (...argv: ReadonlyArray<string>) {
      const { dir, kubeconfig } = yield* ServedCluster
      return yield* finish("helm", { argv: [...argv, "--namespace", "default"], cwd: dir, env: { HOME: dir, KUBECONFIG: kubeconfig } })
    })
    const succeed = Effect.fnUntraced(function* (...argv: ReadonlyArray<string>) {
      const { code, stderr, stdout } = yield* run(...argv)
      assert.strictEqual(code, 0, `helm ${argv.join(" ")}\n${stdout}${stderr}`)
      return stdout
    })
    const kubectl = Effect.fnUntraced(function* (...argv: ReadonlyArray<string>) {
      const { kubectl } = yield* ServedCluster
      return (yield* kubectl([...argv, "--namespace", "default"])).stdout
    })

    it.effect(
      "installs, upgrades, rolls back, tests and uninstalls a chart with hooks, a resource of its own and a subchart",
      () =>
        Effect.gen(function* () {
          const hookRevision = (event: string) => kubectl("get", "configmap", `web-${event}`, "-o", "jsonpath={.data.revision}")
          const replicas = kubectl("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}")

          const installed = yield* succeed("install", "web", chart, "--wait", "--timeout", "30m")
          assert.match(installed, /^STATUS: deployed\nREVISION: 1\nNOTES:\nweb is red\.$/mu)
          assert.strictEqual(yield* replicas, "1")
          assert.strictEqual(yield* kubectl("get", "lantern", "web", "-o", "jsonpath={.spec.colour}"), "red")
          assert.strictEqual(yield* kubectl("get", "configmap", "web-side", "-o", "jsonpath={.data.parent}"), "web")
          assert.deepStrictEqual([yield* hookRevision("pre-install"), yield* hookRevision("pre-upgrade")], ["1", ""])

          yield* succeed("upgrade", "web", chart, "--set", "replicas=2,colour=blue", "--wait", "--timeout", "30m")
          assert.strictEqual(yield* replicas, "2")
          assert.strictEqual(yield* kubectl("get", "lantern", "web", "-o", "jsonpath={.spec.colour}"), "blue")
          assert.strictEqual(yield* hookRevision("pre-upgrade"), "2")

          assert.strictEqual(
            yield* succeed("rollback", "web", "1", "--wait", "--timeout", "30m"),
            "Rollback was a success! Happy Helming!\n"
          )
          assert.strictEqual(yield* kubectl("get", "lantern", "web", "-o", "jsonpath={.spec.colour}"), "red")
          const history = yield* succeed("history", "web")
          assert.match(history, /\n1 .*superseded.*Install complete *\n2 .*superseded.*Upgrade complete *\n3 .*deployed.*Rollback to 1/u)
          assert.match(yield* succeed("status", "web"), /STATUS: deployed\nREVISION: 3/u)
          assert.match(yield* succeed("list"), /\nweb\s+default\s+3\s.*deployed\s+lantern-0\.1\.0\s+1\.0/u)
          assert.strictEqual(
            yield* succeed("get", "values", "web", "--revision", "2"),
            "USER-SUPPLIED VALUES:\ncolour: blue\nreplicas: 2\n"
          )
          assert.match(yield* succeed("get", "manifest", "web"), /kind: Lantern/u)
          assert.match(yield* succeed("test", "web"), /TEST SUITE: +web-test\n.*\n.*\nPhase: +Succeeded/u)

          assert.strictEqual(yield* succeed("uninstall", "web", "--wait"), 'release "web" uninstalled\n')
          assert.match(yield* kubectl("get", "configmap", "web-post-delete", "-o", "name"), /post-delete/u)
          assert.strictEqual(yield* kubectl("get", "deployment,service,lantern,configmap/web-side", "-l", "app=web", "-o", "name"), "")
          const gone = yield* run("status", "web")
          assert.deepStrictEqual([gone.code, gone.stderr], [1, "Error: release: not found\n"])
        }),
      120_000
    )

    it.effect("tells why the server refuses a chart", () =>
      Effect.gen(function* () {
        const refused = yield* run("install", "bad", chart, "--set", "replicas=many")
        assert.strictEqual(refused.code, 1)
        assert.match(
          refused.stderr,
          /^Error: INSTALLATION FAILED: 1 error occurred:\n\t\* Deployment in version "v1" cannot be handled as a Deployment: .*spec\.replicas/u
        )
      })
    )
  })
})
