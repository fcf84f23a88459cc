import * as Sandbox from "@aiopslab/agents/Sandbox"
import { interactive } from "@aiopslab/agents/Interactive"
import { plainWords } from "@aiopslab/agents/PlainWords"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { cluster, elapse, namespace, wallLayer, watched } from "./World.ts"

const sandbox = Effect.gen(function* () {
  const { api } = yield* cluster
  const made = yield* Sandbox.make({ api, namespace, seed: "1" })
  const run = (script: string, limit = 30_000) => Effect.provide(elapse(made.exec(script, limit)), wallLayer)
  return { ...made, run, api }
})

const out = Effect.map(({ stderr, stdout }: Sandbox.ShellResult) => stdout + stderr)

describe("the sandbox", () => {
  it.effect("has kubectl as the agent, in pipes and loops", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      assert.strictEqual(yield* out(run("kubectl get cm -o name | sort -r | head -1")), "configmap/b\n")
      assert.strictEqual(yield* out(run("for c in a b; do kubectl get cm $c -o jsonpath='{.data.key}'; done; echo")), "ab\n")
      assert.strictEqual(
        yield* out(run("kubectl get cm nope || echo code $?")),
        'code 1\nError from server (NotFound): configmaps "nope" not found\n'
      )
      assert.strictEqual(yield* out(run("kubectl get cm -A -o name | grep -c -v kube-root")), "3\n")
    })
  )

  it.effect("reads manifests from its files and from stdin", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      const manifest = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: made}\\ndata: {x: z}\\n"
      assert.strictEqual(
        yield* out(run(`printf '${manifest}' > m.yaml; kubectl apply -f m.yaml; cat m.yaml | kubectl apply -f -`)),
        "configmap/made created\nconfigmap/made unchanged\n"
      )
      assert.strictEqual(
        yield* out(run("mkdir -p d && mv m.yaml d/ && kubectl delete -f d")),
        `configmap "made" deleted from ${namespace} namespace\n`
      )
    })
  )

  it.effect("keeps directory, variables and files", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      yield* run("mkdir /tmp/w && cd /tmp/w && export A=1 && B=two && echo kept > f")
      assert.strictEqual(yield* out(run("pwd; echo $A $B; cat f")), "/tmp/w\n1 two\nkept\n")
    })
  )

  it.effect("shares files with the actions, before and after the shell is loaded", () =>
    Effect.gen(function* () {
      const { readFile, run, writeFile } = yield* sandbox
      yield* writeFile("data/early.csv", "a,b\n")
      assert.strictEqual(yield* readFile("data/early.csv"), "a,b\n")
      assert.strictEqual(yield* out(run(`cat ${Sandbox.home}/data/early.csv`)), "a,b\n")
      yield* writeFile("/tmp/late", "x")
      assert.strictEqual(yield* out(run("cat /tmp/late; echo y > later")), "x")
      assert.strictEqual(yield* readFile("later"), "y\n")
      assert.isUndefined(yield* readFile("nope"))
    })
  )

  it.effect("sleeps, dates files and tells the time in the trial's time", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      const began = yield* Clock.currentTimeMillis
      const text = yield* out(run("sleep 20; date -u +%FT%TZ; touch f; ls -l f"))
      assert.match(text, /^2026-01-01T00:00:2\dZ\n.* Jan {2}1 00:00 f\n$/u)
      assert.isAtLeast((yield* Clock.currentTimeMillis) - began, 20_000)
    })
  )

  it.effect("has no program that tells the machine's time", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      yield* run("sleep 40")
      const seconds = yield* out(run("jq -n --arg x y 'now | floor'"))
      const now = yield* Clock.currentTimeMillis
      assert.isTrue(Math.abs(Number(seconds) - now / 1000) <= 1, seconds)
      assert.strictEqual((yield* run("sqlite3 :memory: 'select 1'")).exitCode, 127)
    })
  )

  it.effect("holds the trial's time while the shell computes, and only then", () =>
    Effect.gen(function* () {
      const { exec } = yield* sandbox
      const { clock, notes } = yield* watched
      const run = (script: string) => elapse(Effect.provideService(Effect.provide(exec(script, 60_000), wallLayer), Clock.Clock, clock))
      yield* run("true")
      notes.length = 0
      // the shell looks whenever a program of it wants the time
      yield* run("date; sleep 5; date")
      assert.deepStrictEqual(
        notes.filter((note) => !note.startsWith("sleep 60001")).filter((note, index, all) => note !== all[index - 1]),
        ["look 1", "sleep 5000 0", "look 1"]
      )
    })
  )

  it.effect("stops a command at its limit on the trial's clock", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      const result = yield* run("echo begun; sleep 50; echo ended", 10_000)
      assert.deepStrictEqual([result.exitCode, result.stderr], [124, "The command did not end within 10 s and was stopped.\n"])
      assert.strictEqual(yield* out(run("echo alive")), "alive\n")
    })
  )

  it.effect("keeps what a stopped kubectl has printed", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      const result = yield* run("kubectl wait --for=delete cm/a --timeout=60s 2>&1; echo then", 5000)
      assert.match(result.stdout, /did not end within 5 s/u)
    })
  )

  it.effect("has no host, no network, no processes", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      const text = yield* out(run("cat /etc/passwd; curl http://localhost; node -v; python3 -V; ls /root; echo $SECRET"))
      for (const gone of ["/etc/passwd: No such file", "curl: command not found", "node: command not found"]) assert.include(text, gone)
      assert.notInclude(text, "root:x")
    })
  )

  it.effect("bounds loops and output", () =>
    Effect.gen(function* () {
      const { run } = yield* sandbox
      assert.notStrictEqual((yield* run("while true; do :; done")).exitCode, 0)
      const flood = yield* run("s=0123456789; for i in 1 2 3 4 5 6 7; do s=$s$s$s$s$s$s$s$s; done; echo $s")
      assert.isBelow(flood.stdout.length, 5_000_000)
    })
  )

  it.effect("answers the same to the same seed", () =>
    Effect.gen(function* () {
      const script =
        "echo $RANDOM ${RANDOM} $((RANDOM % 100)) $SRANDOM $SECONDS $EPOCHSECONDS; awk 'BEGIN { print rand(); srand(); print srand() }'"
      const numbers = Effect.flatMap(sandbox, ({ run }) => out(run(`${script}; ${script}; printf '%(%FT%T)T\\n' -1; jq -n now; ls -l`)))
      const first = yield* numbers
      assert.strictEqual(yield* numbers, first)
      const [before, after] = first.split("\n").filter((line) => line.endsWith(" 0 1767225600"))
      assert.isString(before)
      assert.notStrictEqual(after, before)
    })
  )

  it.effect("does not wait for a person", () =>
    Effect.sync(() => {
      for (const script of [
        "kubectl edit deploy geo",
        "kubectl -n x edit svc a",
        "kubectl port-forward svc/a 80",
        "kubectl logs -f geo",
        "kubectl logs geo --follow",
        "kubectl logs geo -n x -f",
        "kubectl get pods -w",
        "kubectl get pods --watch",
        "watch kubectl get pods",
        "docker logs -f x"
      ]) {
        assert.isString(interactive(script), script)
      }
      for (const script of [
        "kubectl logs geo | tail -f",
        "kubectl exec a -- tail -f x",
        "kubectl get pods -o wide",
        "kubectl apply -f x",
        "kubectl logs geo --since=1m",
        "kubectl get pods | grep edit",
        "kubectl logs geo --follow=false",
        "kubectl get pods; rm -f x"
      ]) {
        assert.isUndefined(interactive(script), script)
      }
    })
  )
})

describe("a plain command needs no interpreter", () => {
  it.effect("where every word stands for itself", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(plainWords(" kubectl get pods -o 'jsonpath={.items[*].metadata.name}' \"a b\" x'y'z ''"), [
        "kubectl",
        "get",
        "pods",
        "-o",
        "jsonpath={.items[*].metadata.name}",
        "a b",
        "xyz",
        ""
      ])
      for (const script of [
        "kubectl get $X",
        "a | b",
        "a; b",
        "a && b",
        "a > b",
        "a *",
        "a ~",
        'a "$x"',
        "a `b`",
        "X=1 kubectl",
        "a\nb",
        "a # b",
        "a {b,c}",
        "a 'b",
        'a "\\n"',
        "! a",
        ""
      ]) {
        assert.isUndefined(plainWords(script), script)
      }
    })
  )
})
