import { assert, describe, it } from "@effect/vitest"
import { at } from "@aiopslab/kubernetes/Json"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type Identity } from "@aiopslab/core/Kubernetes"
import { planeNamespace } from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { booted } from "../src/Boot.ts"
import * as EmbeddedCluster from "../src/EmbeddedCluster.ts"
import { playbook } from "./Demo.ts"
import { deployment } from "./Scenario.ts"

const { resources } = KubeClient

const cluster = (seed = "test") => EmbeddedCluster.make({ name: "test", world: booted({ playbook, workers: 1, seed }) })

/** A cluster at the beginning of virtual time with one deployment that has become ready. */
const withWeb = (of: Parameters<typeof deployment>[1] = {}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(virtualEpoch)
    const embedded = cluster()
    const api = embedded.cluster.api(admin)
    yield* KubeClient.create(api, resources.deployments, deployment("web", of))
    yield* TestClock.adjust("30 seconds")
    const [pod] = yield* KubeClient.list(api, resources.pods, "default")
    return { ...embedded, api, pod: pod?.metadata.name ?? "" }
  })

describe("the embedded cluster", () => {
  it.effect("advances to its caller's clock at each call", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb()
      const found = yield* KubeClient.get(api, resources.pods, "default", pod)
      assert.strictEqual(at(found, "status", "phase"), "Running")
    })
  )

  it.effect("wakes a watcher when something happens by itself, and when somebody writes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const api = cluster().cluster.api(admin)
      const phases = yield* Effect.forkChild(
        api.watch({ method: "GET", path: "/api/v1/namespaces/default/pods" }).pipe(
          Stream.map(({ object, type }) => `${type} ${String((object["status"] as { readonly phase?: string }).phase)}`),
          Stream.changes,
          Stream.takeUntil((text) => text.endsWith("Running")),
          Stream.runCollect
        )
      )
      yield* TestClock.adjust("1 second")
      yield* KubeClient.create(api, resources.deployments, deployment("web"))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* Fiber.join(phases), ["ADDED Pending", "MODIFIED Pending", "MODIFIED Running"])
    })
  )

  it.effect("gives logs of the present and the previous run, and follows", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb({ container: { command: ["demo", "crash-after", "20"] } })
      yield* TestClock.adjust("40 seconds")
      const { code } = yield* Effect.flip(KubeClient.log(api, "default", "nope"))
      assert.strictEqual(code, 404)
      const served = yield* withWeb()
      assert.strictEqual(yield* KubeClient.log(served.api, "default", served.pod), "listening, start 1\n")
      assert.strictEqual(
        (yield* Effect.flip(KubeClient.log(served.api, "default", served.pod, { previous: true }))).message,
        `previous terminated container "web" in pod "${served.pod}" not found`
      )
      const crashed = yield* withWeb({ container: { command: ["demo", "crash"] } })
      assert.strictEqual(yield* KubeClient.log(crashed.api, "default", crashed.pod, { previous: true }), "panic: no way\n")
      assert.notStrictEqual(pod, "")
    })
  )

  it.effect("says why a container has no log yet", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb({ container: { image: "typo" } })
      assert.strictEqual(
        (yield* Effect.flip(KubeClient.log(api, "default", pod))).message,
        `container "web" in pod "${pod}" is waiting to start: trying and failing to pull image`
      )
    })
  )

  it.effect("execs the image's own programs, with standard input and exit codes", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb()
      const exec = (argv: ReadonlyArray<string>, stdin = "") => KubeClient.exec(api, { namespace: "default", pod }, argv, stdin)
      assert.deepStrictEqual(yield* exec(["demo", "echo", "hi"]), { stdout: "hi\n", stderr: "", exitCode: 0 })
      assert.deepStrictEqual(yield* exec(["demo", "echo", "a"], "b"), { stdout: "ab\n", stderr: "", exitCode: 0 })
      assert.deepStrictEqual(yield* exec(["demo"]), { stdout: "", stderr: "usage: demo echo TEXT\n", exitCode: 2 })
      const { code, message } = yield* Effect.flip(exec(["curl", "x"]))
      assert.strictEqual(code, 500)
      assert.match(
        message,
        /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in \$PATH: unknown$/u
      )
    })
  )

  it.effect("gives every pod the cluster's certificate and a token of its own", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb()
      const read = (file: string) =>
        Effect.map(
          KubeClient.exec(api, { namespace: "default", pod }, ["cat", `/var/run/secrets/kubernetes.io/serviceaccount/${file}`]),
          ({ stdout }) => stdout
        )
      const root = yield* KubeClient.get(api, resources.configMaps, "default", "kube-root-ca.crt")
      assert.strictEqual(yield* read("ca.crt"), at(root, "data", "ca.crt"))
      assert.strictEqual(yield* read("namespace"), "default")
      const token = yield* read("token")
      assert.strictEqual(yield* read("token"), token)
      const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())
      const { metadata } = yield* KubeClient.get(api, resources.pods, "default", pod)
      assert.deepStrictEqual(at(claims, "kubernetes.io", "pod"), { name: pod, uid: metadata.uid })
      assert.strictEqual(at(claims, "sub"), "system:serviceaccount:default:default")
      assert.strictEqual(at(claims, "iat"), Date.parse(metadata.creationTimestamp ?? "") / 1000)
    })
  )

  it.live("runs a shell over the container's files, and keeps what it wrote", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb()
      const exec = (...argv: ReadonlyArray<string>) => KubeClient.exec(api, { namespace: "default", pod }, argv)
      assert.strictEqual((yield* exec("cat", "/etc/motd", "/data/started")).stdout, "welcome\n1")
      assert.deepStrictEqual(
        yield* exec("sh", "-c", "demo echo piped | tr a-z A-Z; echo $HOSTNAME; echo new > /etc/motd; rm /data/started; exit 3"),
        {
          stdout: `PIPED\n${pod}\n`,
          stderr: "",
          exitCode: 3
        }
      )
      assert.strictEqual((yield* exec("cat", "/etc/motd")).stdout, "new\n")
      assert.strictEqual((yield* exec("ls", "/data")).stdout, "")
      assert.strictEqual((yield* exec("sh", "-c", "curl http://x")).exitCode, 127)
      assert.strictEqual((yield* exec("sh", "-c", "while true; do :; done")).exitCode, 126)
      assert.strictEqual((yield* exec("sh", "-c", "jq -n now")).exitCode, 127)
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("dates files by the cluster's clock", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb()
      const modified = (path: string) =>
        KubeClient.exec(api, { namespace: "default", pod }, ["sh", "-c", `echo x > /tmp/new; stat ${path} | grep Modify`])
      assert.include((yield* modified("/etc/motd")).stdout, "Modify: 2026-01-01T00:00:0")
      assert.include((yield* modified("/tmp/new")).stdout, "Modify: 2026-01-01T00:00:30")
      assert.include((yield* modified("/etc")).stdout, "Modify: 2026-01-01T00:00:0")
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("tells the cluster's time and draws from the cluster's seed, in every program", () =>
    Effect.gen(function* () {
      const words =
        "echo $RANDOM $SRANDOM $SECONDS $EPOCHSECONDS; awk 'BEGIN { print rand(); srand(); print srand() }'; printf '%(%FT%T)T\\n' -1; " +
        "date; touch /tmp/f; ls -l /tmp; find /tmp -mtime -1; tar cf - /etc | md5sum"
      const both = Effect.gen(function* () {
        const { api, cluster: port, pod } = yield* withWeb()
        const exec = Effect.map(KubeClient.exec(api, { namespace: "default", pod }, ["sh", "-c", words]), ({ stdout }) => stdout)
        const before = yield* port.snapshot
        const [first, second] = [yield* exec, yield* exec]
        yield* port.reset(before)
        return [first, second, yield* exec] as const
      })
      const [first, second, forked] = yield* both
      assert.match(first, /^\d+ \d+ 0 1767225630\n0\.\d+\n1767225630000\n2026-01-01T00:00:30\nThu Jan {2}1 00:00:30 UTC 2026\n/u)
      assert.include(first, " Jan  1 00:00 f\n")
      assert.notStrictEqual(second.split("\n")[0], first.split("\n")[0])
      assert.strictEqual(forked, first)
      assert.deepStrictEqual(yield* both, [first, second, forked])
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("gives a container what its kubelet and its runtime give it", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb({ pod: { hostAliases: [{ ip: "10.9.9.9", hostnames: ["a.example", "b.example"] }] } })
      const exec = (target: string, ...argv: ReadonlyArray<string>) =>
        Effect.map(KubeClient.exec(api, { namespace: "default", pod: target }, argv), ({ stdout }) => stdout)
      const ip = String(at(yield* KubeClient.get(api, resources.pods, "default", pod), "status", "podIP"))
      assert.strictEqual(
        yield* exec(pod, "cat", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"),
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n" +
          "fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n" +
          `${ip}\t${pod}\n\n# Entries added by HostAliases.\n10.9.9.9\ta.example\tb.example\n${pod}\n` +
          "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
      )
      assert.strictEqual(yield* exec(pod, "ps"), "PID   USER     TIME  COMMAND\n    1 root      0:00 demo serve\n    8 root      0:00 ps\n")
      assert.strictEqual(
        yield* exec(pod, "sh", "-c", "id; id -u; whoami; hostname -i"),
        `uid=0(root) gid=0(root) groups=0(root)\n0\nroot\n${ip}\n`
      )
      assert.strictEqual(yield* exec(pod, "sh", "-c", "echo $1-$2", "sh", "a b", "c"), "a b-c\n")
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.live("tells a container of the Services that were there when it started", () =>
    Effect.gen(function* () {
      const { api } = yield* withWeb()
      const service = (name: string, spec: object) => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "default" },
        spec
      })
      const ports = [
        { name: "http-main", port: 80 },
        { name: "dns", port: 53, protocol: "UDP" }
      ]
      yield* KubeClient.create(api, resources.services, service("my-web", { clusterIP: "10.96.7.7", selector: { app: "web" }, ports }))
      yield* KubeClient.create(
        api,
        resources.services,
        service("bare", { clusterIP: "None", selector: { app: "web" }, ports: [{ port: 1 }] })
      )
      yield* KubeClient.create(api, resources.deployments, deployment("late"))
      yield* KubeClient.create(api, resources.deployments, deployment("shy", { pod: { enableServiceLinks: false } }))
      yield* TestClock.adjust("30 seconds")
      const pods = yield* KubeClient.list(api, resources.pods, "default")
      const exec = (name: string, ...argv: ReadonlyArray<string>) =>
        KubeClient.exec(
          api,
          { namespace: "default", pod: pods.find(({ metadata }) => metadata.name.startsWith(name))?.metadata.name ?? "" },
          argv
        )
      const master = [
        "KUBERNETES_PORT=tcp://10.96.0.1:443",
        "KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443",
        "KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1"
      ]
      const shy = (yield* exec("shy", "sh", "-c", "env | sort")).stdout
      for (const line of [...master, "KUBERNETES_SERVICE_PORT_HTTPS=443"]) assert.include(shy, `${line}\n`)
      assert.notInclude(shy, "MY_WEB")
      assert.deepStrictEqual((yield* exec("late", "sh", "-c", "env | grep -E 'MY_WEB|BARE' | sort")).stdout.trimEnd().split("\n"), [
        "MY_WEB_PORT=tcp://10.96.7.7:80",
        "MY_WEB_PORT_53_UDP=udp://10.96.7.7:53",
        "MY_WEB_PORT_53_UDP_ADDR=10.96.7.7",
        "MY_WEB_PORT_53_UDP_PORT=53",
        "MY_WEB_PORT_53_UDP_PROTO=udp",
        "MY_WEB_PORT_80_TCP=tcp://10.96.7.7:80",
        "MY_WEB_PORT_80_TCP_ADDR=10.96.7.7",
        "MY_WEB_PORT_80_TCP_PORT=80",
        "MY_WEB_PORT_80_TCP_PROTO=tcp",
        "MY_WEB_SERVICE_HOST=10.96.7.7",
        "MY_WEB_SERVICE_PORT=80",
        "MY_WEB_SERVICE_PORT_DNS=53",
        "MY_WEB_SERVICE_PORT_HTTP_MAIN=80"
      ])
      assert.strictEqual(
        (yield* exec("late", "nslookup", "my-web")).stdout,
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tmy-web.default.svc.cluster.local\nAddress: 10.96.7.7\n\n"
      )
      const headless = (yield* exec("late", "getent", "hosts", "bare.default")).stdout
      assert.match(headless, /^10\.\S+ +bare\.default\.svc\.cluster\.local\n$/u)
      assert.strictEqual((yield* exec("late", "nslookup", "nobody")).exitCode, 1)
      assert.strictEqual((yield* exec("late", "getent", "hosts", "nobody")).exitCode, 2)
    }).pipe(Effect.provide(TestClock.layer()))
  )

  it.effect("has no shell where the image has none", () =>
    Effect.gen(function* () {
      const { api, pod } = yield* withWeb({ container: { image: "bare:1" } })
      const { message } = yield* Effect.flip(KubeClient.exec(api, { namespace: "default", pod }, ["sh", "-c", "ls"]))
      assert.include(message, 'exec: "sh": executable file not found in $PATH')
    })
  )

  it.effect("goes back to a snapshot, and tells watchers to begin anew", () =>
    Effect.gen(function* () {
      const { api, cluster: port } = yield* withWeb()
      const snapshot = yield* port.snapshot
      assert.strictEqual(snapshot.at, virtualEpoch + 30_000)
      const watching = yield* Effect.forkChild(
        Effect.flip(Stream.runDrain(api.watch({ method: "GET", path: "/api/v1/namespaces/default/pods" })))
      )
      yield* KubeClient.remove(api, resources.deployments, "default", "web")
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* KubeClient.list(api, resources.pods, "default"), [])
      yield* port.reset(snapshot)
      assert.strictEqual((yield* KubeClient.list(api, resources.pods, "default")).length, 1)
      assert.strictEqual((yield* Fiber.join(watching)).code, 410)
    })
  )

  it.effect("refuses a snapshot of another cluster", () =>
    Effect.gen(function* () {
      const { code } = yield* Effect.flip(cluster().cluster.reset({ token: { id: 1 }, at: 0 }))
      assert.strictEqual(code, "CLUSTER_CANNOT")
    })
  )

  it.effect("forks: clusters of one pool share what was kept, and no later write", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const world = booted({ playbook, workers: 1, seed: "pool" })
      const shelf = new Map()
      const [a, b] = [1, 2].map(() => EmbeddedCluster.make({ name: "test", world, shelf }).cluster)
      if (a === undefined || b === undefined) return yield* Effect.die("two clusters")
      yield* KubeClient.create(a.api(admin), resources.deployments, deployment("web"))
      yield* TestClock.adjust("30 seconds")
      yield* Option.getOrThrow(a.forking).keep("web", yield* a.snapshot)
      const kept = yield* Option.getOrThrow(b.forking).kept("web")
      yield* b.reset(Option.getOrThrow(kept))
      yield* KubeClient.remove(a.api(admin), resources.deployments, "default", "web")
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* KubeClient.list(a.api(admin), resources.pods, "default")).length, 0)
      assert.strictEqual((yield* KubeClient.list(b.api(admin), resources.pods, "default")).length, 1)
    })
  )

  it.effect("drives itself while nobody asks", () =>
    Effect.gen(function* () {
      const { drive, world } = yield* withWeb({ container: { command: ["demo", "crash"] } })
      const driving = yield* Effect.forkChild(drive)
      yield* TestClock.adjust("10 minutes")
      const { now } = yield* world
      assert.strictEqual(now, yield* Clock.currentTimeMillis)
      yield* Fiber.interrupt(driving)
    })
  )

  it.effect("hides the injection plane from everybody but administrators", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(virtualEpoch)
      const agent: Identity = { user: "agent", groups: ["system:authenticated"] }
      const { cluster: port } = cluster()
      yield* port.api(admin).request({
        method: "POST",
        path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        body: {
          metadata: { name: "agent" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
          subjects: [{ kind: "User", name: "agent", apiGroup: "rbac.authorization.k8s.io" }]
        }
      })
      const names = (api: ReturnType<typeof port.api>) =>
        Effect.map(KubeClient.list(api, resources.namespaces), (all) => all.map(({ metadata }) => metadata.name))
      assert.include(yield* names(port.api(admin)), planeNamespace)
      assert.notInclude(yield* names(port.api(agent)), planeNamespace)
      assert.strictEqual((yield* Effect.flip(KubeClient.list(port.api(agent), resources.traffics, planeNamespace))).code, 404)
      assert.deepStrictEqual(yield* KubeClient.list(port.api(admin), resources.traffics, planeNamespace), [])
    })
  )
})
