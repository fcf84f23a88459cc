import { assert, describe, it } from "@effect/vitest"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { setImmediate } from "node:timers/promises"
import { admin } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"
import { deployment } from "./Scenario.ts"

/** The clock runs. */
const passing = Effect.forever(Effect.andThen(Effect.promise(setImmediate), TestClock.adjust("1 second")))

/** What scripts in a container of `demo` print, one after the other. */
const printed = (scripts: ReadonlyArray<string>, container: object = {}, meanwhile: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const { cluster } = EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed: "exec" }) })
    const api = cluster.api(admin)
    yield* KubeClient.create(api, KubeClient.resources.deployments, deployment("web", { container }))
    yield* TestClock.adjust("30 seconds")
    const [pod] = yield* KubeClient.list(api, KubeClient.resources.pods, "default")
    const ref = { namespace: "default", pod: pod?.metadata.name ?? "" }
    yield* Effect.forkChild(meanwhile)
    return yield* Effect.forEach(scripts, (script) =>
      Effect.map(KubeClient.exec(api, ref, ["sh", "-c", script], "typed\n"), ({ stderr, stdout }) => `${stdout}${stderr}`)
    )
  }).pipe(Effect.provide(TestClock.layer()))

describe("commands that act on the container, run by a script of exec", () => {
  it.live("read the files that the script wrote before, and what is piped to them", () =>
    Effect.gen(function* () {
      const records = "0+1 records in\n0+1 records out\n"
      assert.deepStrictEqual(
        yield* printed([
          "echo x > /tmp/a; dd if=/tmp/a",
          "echo hi | dd of=/tmp/b; cat /tmp/b",
          "mkdir -p /srv/d; cd /srv/d; echo here > f; dd if=f of=g; cat g; ls",
          "echo body > /tmp/f; cat /tmp/f | wget -q -O - --post-file=- http://127.0.0.1:8080/",
          "wget -q -O - --post-data='{\"n\":1}' http://127.0.0.1:8080/; cat | wget -q -O /tmp/t --post-file=- 127.0.0.1:8080; cat /tmp/t",
          "echo a > /tmp/a; rm /tmp/a; dd if=/tmp/a"
        ]),
        [
          `x\n${records}`,
          `hi\n${records}`,
          `here\nf\ng\n${records}`,
          "body\n",
          '{"n":1}typed\n',
          "dd: can't open '/tmp/a': No such file or directory\n"
        ]
      )
    })
  )

  it.live("so do the image's own programs, and what they write the script reads", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* printed([
          "echo x > /tmp/a; demo show /tmp/a; demo put /tmp/a y; cat /tmp/a; demo put /tmp/new z; cat /tmp/new",
          "cat /tmp/a"
        ]),
        ["x\ny\nz\n", "y\n"]
      )
    })
  )

  it.live("a script that waits sees what the container's own processes write meanwhile", () =>
    Effect.gen(function* () {
      const command = ["sh", "-c", "while true; do date +%s > /tmp/beat; sleep 7; done"]
      const [both = ""] = yield* printed(["cat /tmp/beat; sleep 20; cat /tmp/beat"], { command }, passing)
      const [first, second] = both.trimEnd().split("\n").map(Number)
      assert.isAbove(second ?? 0, first ?? Infinity)
    })
  )

  it.live("hooks and probes run the image's programs on the files of their scripts", () =>
    Effect.gen(function* () {
      const script =
        "echo seen > /tmp/a; echo in | demo echo > /tmp/b; demo show /tmp/a >> /tmp/b; demo put /tmp/c done; cat /tmp/c >> /tmp/b"
      assert.deepStrictEqual(yield* printed(["cat /tmp/b"], { lifecycle: { postStart: { exec: { command: ["sh", "-c", script] } } } }), [
        "in\n\nseen\ndone\n"
      ])
    })
  )

  it.live("leave what the container has in devices' folders, and what can't be written", () =>
    Effect.gen(function* () {
      const [why, first, again] = yield* printed(
        ["cat /dev/termination-log", "echo x > /etc/passwd-; sleep 1; cat /etc/passwd-", "cat /dev/termination-log; ls /etc"],
        {
          command: ["sh", "-c", "echo why > /dev/termination-log; sleep 1000"],
          securityContext: { readOnlyRootFilesystem: true }
        },
        passing
      )
      assert.deepStrictEqual([why, first?.includes("No such file")], ["why\n", true])
      assert.strictEqual(again, "why\nhostname\nhosts\nmotd\nresolv.conf\n")
    })
  )

  it.live("getent tells the hosts file first, as it is", () =>
    Effect.gen(function* () {
      const scripts = [
        "getent hosts localhost; getent hosts $HOSTNAME | sed 's/[0-9.]* *//'; getent hosts 10.9.9.9",
        "echo '10.9.9.9 Shop shop.example # a shop' >> /etc/hosts; getent hosts shop; getent ahosts shop.example; getent hosts 10.9.9.9",
        "getent hosts | sed 's/10.244[0-9.]*/POD/'",
        "getent passwd root; echo $?"
      ]
      const [known = "", written, all = "", unknown] = yield* printed(scripts)
      assert.match(known, /^::1 {13}localhost ip6-localhost ip6-loopback\nweb-\S+\n$/u)
      assert.strictEqual(
        written,
        "10.9.9.9        Shop shop.example\n10.9.9.9        STREAM Shop\n10.9.9.9        DGRAM  \n10.9.9.9        RAW    \n" +
          "10.9.9.9        Shop shop.example\n"
      )
      assert.match(
        all,
        /^127\.0\.0\.1 {7}localhost\n127\.0\.0\.1 {7}localhost ip6-localhost ip6-loopback\nPOD {6}web-\S+\n10\.9\.9\.9 {8}Shop shop\.example\n$/u
      )
      assert.strictEqual(unknown, "1\nUnknown database: passwd\nTry `getent --help' or `getent --usage' for more information.\n")
    })
  )
})
