/** A laboratory small enough to see through: a cluster of plain maps, an application of one deployment, a fault that scales it to zero. */
import * as Agent from "@aiopslab/core/Agent"
import * as App from "@aiopslab/core/App"
import { Cluster, type Snapshot } from "@aiopslab/core/Cluster"
import * as ClusterProvider from "@aiopslab/core/ClusterProvider"
import * as Evaluator from "@aiopslab/core/Evaluator"
import * as Fault from "@aiopslab/core/Fault"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi, type KubeObject, type KubeReply, type KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import { definePlugin } from "@aiopslab/core/Plugin"
import type { Problem } from "@aiopslab/core/Problem"
import * as Task from "@aiopslab/core/Task"
import type { TrialSpec } from "@aiopslab/core/TrialSpec"
import { WallClock } from "@aiopslab/core/WallClock"
import * as Workload from "@aiopslab/core/Workload"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { defaultCharge, defaultLimits } from "../src/Matrix.ts"
import type { LoadedPlugins } from "../src/PluginLoader.ts"

/** Objects by path. */
type State = ReadonlyMap<string, KubeObject>

const status = (code: number, reason: string, message: string) => new KubeStatus({ code, reason, message })

const discovery: Readonly<Record<string, unknown>> = {
  "/apis": {
    groups: [
      { name: "apps", preferredVersion: { version: "v1", groupVersion: "apps/v1" } },
      { name: "rbac.authorization.k8s.io", preferredVersion: { version: "v1", groupVersion: "rbac.authorization.k8s.io/v1" } },
      { name: "plane.aiopslab.dev", preferredVersion: { version: "v1", groupVersion: "plane.aiopslab.dev/v1" } }
    ]
  },
  "/api/v1": { resources: [kind("namespaces", "Namespace", false), kind("pods", "Pod", true), kind("pods/log", "Pod", true)] },
  "/apis/apps/v1": { resources: [kind("deployments", "Deployment", true), kind("statefulsets", "StatefulSet", true)] },
  "/apis/rbac.authorization.k8s.io/v1": {
    resources: [
      kind("clusterroles", "ClusterRole", false),
      kind("clusterrolebindings", "ClusterRoleBinding", false),
      kind("roles", "Role", true),
      kind("rolebindings", "RoleBinding", true)
    ]
  },
  "/apis/plane.aiopslab.dev/v1": { resources: [kind("traffics", "Traffic", true)] }
}

function kind(name: string, kindName: string, namespaced: boolean) {
  return { name, kind: kindName, namespaced, verbs: ["create", "delete", "get", "list", "update"] }
}

const plurals: ReadonlySet<string> = new Set([
  "namespaces",
  "pods",
  "deployments",
  "statefulsets",
  "clusterroles",
  "clusterrolebindings",
  "roles",
  "rolebindings",
  "traffics"
])

/** A deployment is ready this long after it was written. */
const readyMillis = 3_000

const asObject = (value: unknown): KubeObject => value as KubeObject

const observe = (object: KubeObject, now: number): KubeObject => {
  if (object.kind !== "Deployment") return object
  const { replicas = 1 } = (object["spec"] ?? {}) as { readonly replicas?: number }
  const ready = now - Date.parse(object.metadata.creationTimestamp ?? "") >= readyMillis ? replicas : 0
  return { ...object, status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: ready } }
}

export interface FakeWorld {
  /** Requests that wrote something, `POST /path`. */
  readonly writes: Array<string>
  state: State
}

const apiOf = (world: FakeWorld): KubeApi => {
  const request = (of: KubeRequest): Effect.Effect<KubeReply, KubeStatus> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const known = discovery[of.path]
      if (known !== undefined) return { code: 200, body: known }
      const found = world.state.get(of.path)
      const set = (path: string, object: KubeObject) => {
        const entries: ReadonlyArray<readonly [string, KubeObject]> = [...world.state, [path, object]]
        world.state = new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
        world.writes.push(`${of.method} ${path}`)
      }
      if (of.method === "POST") {
        const object = asObject(of.body)
        const path = `${of.path}/${object.metadata.name}`
        if (world.state.has(path)) return yield* status(409, "AlreadyExists", `${path} already exists`)
        set(path, { ...object, metadata: { ...object.metadata, creationTimestamp: new Date(now).toISOString() } })
        return { code: 201, body: world.state.get(path) }
      }
      if (of.method === "GET" && plurals.has(of.path.slice(of.path.lastIndexOf("/") + 1))) {
        const items = [...world.state]
          .filter(([path]) => path.startsWith(`${of.path}/`) && !path.slice(of.path.length + 1).includes("/"))
          .map(([, object]) => observe(object, now))
        return { code: 200, body: { kind: "List", items } }
      }
      if (found === undefined) return yield* status(404, "NotFound", `${of.path} not found`)
      if (of.method === "GET") return { code: 200, body: observe(found, now) }
      if (of.method === "DELETE") {
        world.state = new Map([...world.state].filter(([path]) => path !== of.path))
        world.writes.push(`DELETE ${of.path}`)
        return { code: 200, body: {} }
      }
      set(of.path, asObject(of.body))
      return { code: 200, body: of.body }
    })
  return { request, watch: () => Stream.empty, connect: () => Effect.fail(status(405, "MethodNotAllowed", "no exec")) }
}

const silent: KubeApi = {
  request: () => Effect.fail(status(503, "ServiceUnavailable", "no answer")),
  watch: () => Stream.empty,
  connect: () => Effect.fail(status(405, "MethodNotAllowed", "no exec"))
}

const namespace = "shop"
const deploymentPath = KubeClient.pathOf(KubeClient.resources.deployments, namespace, "web")

const replicasOf = (object: KubeObject | undefined): number =>
  object === undefined ? 0 : (((object["spec"] ?? {}) as { readonly replicas?: number }).replicas ?? 1)

export interface FakeOptions {
  readonly lifetime?: "process" | "outlives"
  readonly forks?: boolean
  readonly capacity?: number
  /** Whether the cluster can go back; default yes. */
  readonly snapshots?: "none"
  readonly evaluator?: "cannot look"
  /** How often a trial may be tried. */
  readonly attempts?: number
  /** So many leases get a cluster whose API answers nothing. */
  readonly broken?: number
  /** What became of the cluster when somebody attaches to it. */
  readonly later?: "gone"
}

/** `worlds` gets each leased cluster, `ends` how each lease ended; with `lifetime: "outlives"` all leases share one world. */
export const fakeProvider = (options: FakeOptions, worlds: Array<FakeWorld>, ends: Array<string>): ClusterProvider.ClusterProvider => {
  const kept = new Map<string, Snapshot>()
  const shared: FakeWorld = { writes: [], state: new Map() }
  const lease = (): Context.Service.Shape<typeof Cluster> => {
    const world: FakeWorld = options.lifetime === "outlives" ? shared : { writes: [], state: new Map() }
    worlds.push(world)
    const api = worlds.length <= (options.broken ?? 0) ? silent : apiOf(world)
    const traffic = ({ since, until }: { readonly since: number; readonly until: number }) =>
      Effect.sync(() => {
        const requests = Math.round((until - since) / 100)
        const on = [...world.state.keys()].some((path) => path.includes("/traffics/"))
        const up = replicasOf(world.state.get(deploymentPath)) > 0
        return [{ operation: "home", requests: on ? requests : 0, errors: on && !up ? requests : 0, p50: 5, p99: 9 }]
      })
    return {
      name: "fake",
      time: { _tag: "virtual" },
      api: () => api,
      telemetry: { metrics: () => Effect.succeed([]), traces: () => Effect.succeed([]), traffic },
      snapshot:
        options.snapshots === "none"
          ? Effect.fail(labError("CLUSTER_CANNOT", { cluster: "fake", what: "take a snapshot" }))
          : Effect.map(Clock.currentTimeMillis, (at): Snapshot => ({ token: world.state, at })),
      reset: (snapshot) =>
        Effect.sync(() => {
          world.state = snapshot.token as State
          world.writes.push("RESET")
        }),
      forking:
        options.forks === true
          ? Option.some({
              kept: (key) => Effect.sync(() => Option.fromUndefinedOr(kept.get(key))),
              keep: (key, snapshot) => Effect.sync(() => void kept.set(key, snapshot)),
              seed: () => Effect.void
            })
          : Option.none(),
      lifetime: options.lifetime ?? "process",
      attachment: { fake: true }
    }
  }
  return ClusterProvider.make({
    name: "fake",
    summary: "A cluster of maps",
    config: Schema.Struct({}),
    open: () =>
      Effect.succeed({
        time: { _tag: "virtual" },
        capacity: options.capacity,
        ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
        lease: Effect.acquireRelease(Effect.sync(lease), (_, exit) => Effect.sync(() => void ends.push(exit._tag)), { interruptible: true })
      }),
    attach: () => (options.later === "gone" ? Effect.fail(labError("CLUSTER_GONE", { cluster: "fake" })) : Effect.sync(lease))
  })
}

const shop = App.make({
  name: "shop",
  summary: "One deployment",
  config: Schema.Struct({}),
  install: () => ({
    app: "shop",
    version: "1",
    namespace,
    manifests: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace }, spec: { replicas: 2 } }
    ],
    topology: { entry: { service: "web", port: 80 }, operations: {}, services: {} },
    serviceLabel: "app",
    description: "A shop.",
    digest: Effect.succeed("data"),
    resetData: Effect.void
  })
})

const users = Workload.make({
  name: "users",
  summary: "Users",
  config: Schema.Struct({}),
  objects: () => [
    { apiVersion: "plane.aiopslab.dev/v1", kind: "Traffic", metadata: { name: "shop", namespace: "aiopslab-plane" }, spec: {} }
  ]
})

const scaleTo = (replicas: number): Effect.Effect<void, LabError, Cluster> =>
  Effect.gen(function* () {
    const api = (yield* Cluster).api(admin)
    const found = yield* KubeClient.get(api, KubeClient.resources.deployments, namespace, "web")
    const { status: _, ...object } = found
    yield* KubeClient.replace(api, KubeClient.resources.deployments, { ...object, spec: { replicas } })
  }).pipe(
    Effect.catchTag("KubeStatus", (refusal) => Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what: "scaling", why: refusal.message })))
  )

const replicas: Effect.Effect<number, LabError, Cluster> = Effect.flatMap(Cluster, (cluster) =>
  KubeClient.find(cluster.api(admin), KubeClient.resources.deployments, namespace, "web")
).pipe(
  Effect.map(replicasOf),
  Effect.catchTag("KubeStatus", () => Effect.succeed(0))
)

export const scaleToZero = Fault.make({
  name: "scale-to-zero",
  summary: "No replicas",
  config: Schema.Struct({ fails: Schema.optionalKey(Schema.Literals(["plan", "inject", "verify", "recover", "recover slowly", "die"])) }),
  planSchema: Schema.Struct({ before: Schema.Int, fails: Schema.optionalKey(Schema.String) }),
  agentRepair: "ends",
  plan: ({ fails }) =>
    fails === "plan"
      ? Effect.fail(labError("FAULT_PLAN_FAILED", { fault: "scale-to-zero", why: "told to" }))
      : Effect.map(replicas, (before) => ({ before, ...(fails === undefined ? {} : { fails }) })),
  inject: ({ fails }) =>
    scaleTo(0).pipe(
      Effect.tap(() =>
        fails === "inject"
          ? Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what: "inject", why: "told to" }))
          : fails === "die"
            ? Effect.die(new Error("a bug"))
            : Effect.void
      )
    ),
  verify: ({ fails }) =>
    fails === "verify" ? Effect.fail(labError("FAULT_NOT_VERIFIED", { fault: "scale-to-zero", why: "told to" })) : Effect.void,
  keep: (_, touched) =>
    Effect.gen(function* () {
      if ((yield* replicas) === 0 || touched("deployments.apps/shop/web")) return "kept" as const
      yield* scaleTo(0)
      return "re-applied" as const
    }),
  recover: ({ before, fails }) =>
    fails === "recover"
      ? Effect.fail(labError("FAULT_NOT_RECOVERED", { fault: "scale-to-zero", why: "told to" }))
      : Effect.andThen(fails === "recover slowly" ? Effect.sleep("20 minutes") : Effect.void, scaleTo(before)),
  verifyRecovered: ({ before }) =>
    Effect.flatMap(replicas, (now) =>
      now === before ? Effect.void : Effect.fail(labError("FAULT_NOT_RECOVERED", { fault: "scale-to-zero", why: `${now} replicas` }))
    )
})

const detection = Task.make({
  name: "detection",
  summary: "Is anything wrong?",
  config: Schema.Struct({ answer: Schema.Literals(["yes", "no"]) }),
  answer: Schema.Literals(["yes", "no"]),
  evaluators: "none",
  brief: () => ({ goal: "Say whether anything is wrong.", submit: ['submit("yes")'] }),
  truth: ({ answer }) => answer,
  judge: (config, { answer, seconds }) =>
    Effect.succeed({
      verdict: config.answer === answer ? ("pass" as const) : ("fail" as const),
      reason: `It was ${config.answer}.`,
      results: { TTD: seconds }
    })
})

const mitigation = Task.make({
  name: "mitigation",
  summary: "Repair it",
  config: Schema.Struct({}),
  answer: Schema.Null,
  evaluators: "required",
  brief: () => ({ goal: "Repair it.", submit: ["submit()"] }),
  truth: () => null,
  judge: (_, { seconds }, evaluations) =>
    Effect.succeed({
      verdict: evaluations.every(({ verdict }) => verdict === "pass") ? ("pass" as const) : ("fail" as const),
      reason: evaluations.map(({ reason }) => reason).join(" "),
      results: { TTM: seconds }
    })
})

const upEvaluator = ({ evaluator }: FakeOptions) =>
  Evaluator.make({
    name: "up",
    summary: "There are replicas",
    config: Schema.Struct({}),
    evaluate: () =>
      evaluator === "cannot look"
        ? Effect.fail(labError("CLUSTER_REQUEST_FAILED", { what: "looking", why: "told to" }))
        : Effect.map(replicas, (now) => ({
            evaluator: "up",
            verdict: now > 0 ? ("pass" as const) : ("fail" as const),
            reason: `${now} replicas.`,
            measurements: { now }
          }))
  })

const call = (text: string) => `\`\`\`\n${text}\n\`\`\``

/** Says its lines one after the other, for every task again from the start; `hang` never answers, `crash` dies, `exit` takes its thread along, `slow` takes real time. */
const scripted = Agent.make({
  name: "scripted",
  summary: "Says its lines",
  config: Schema.Struct({ lines: Schema.Array(Schema.String) }),
  knows: "nothing",
  model: () => undefined,
  start: ({ lines }) =>
    Effect.gen(function* () {
      const wall = yield* WallClock
      let at = 0
      return {
        init: () => Effect.sync(() => void (at = 0)),
        getAction: () =>
          Effect.suspend(() => {
            const line = lines[Math.min(at++, lines.length - 1)] ?? ""
            if (line === "hang") return Effect.never
            if (line === "exit") return Effect.sync(() => process.exit(7))
            if (line === "crash") return Effect.die(new Error("segmentation fault"))
            if (line === "slow")
              return wall
                .hold(Effect.promise(() => new Promise<void>((done) => setTimeout(done, 5))))
                .pipe(Effect.as({ text: call('submit("yes")') }))
            return Effect.succeed({ text: line.startsWith("raw:") ? line.slice(4) : call(line) })
          })
      }
    })
})

export interface Lab {
  readonly plugins: LoadedPlugins
  readonly worlds: ReadonlyArray<FakeWorld>
  /** How the leases ended: `Success` or `Failure`. */
  readonly ends: ReadonlyArray<string>
}

export const fakeLab = (options: FakeOptions = {}): Lab => {
  const worlds: Array<FakeWorld> = []
  const ends: Array<string> = []
  const plugin = definePlugin({
    name: "@test/fake",
    components: [fakeProvider(options, worlds, ends), shop, users, scaleToZero, detection, mitigation, upEvaluator(options), scripted]
  })
  const source = { name: "@test/fake", version: "1.2.3", url: new URL("./FakePlugin.ts", import.meta.url).href }
  return { plugins: { plugins: [{ plugin, source }], sources: [source], failures: [] }, worlds, ends }
}

export const problem = (
  options: {
    readonly name?: string
    readonly fails?: string
    readonly fault?: boolean
    readonly mitigation?: boolean
    readonly deadlines?: Problem["spec"]["deadlines"]
  } = {}
): Problem => ({
  apiVersion: "aiopslab.dev/v1",
  kind: "Problem",
  metadata: { name: options.name ?? "scaled", labels: {} },
  spec: {
    app: { use: "shop" },
    workload: { use: "users" },
    faults:
      options.fault === false ? [] : [{ use: "scale-to-zero", ...(options.fails === undefined ? {} : { with: { fails: options.fails } }) }],
    tasks: {
      detection: { id: "scaled-detection-1", answer: options.fault === false ? "no" : "yes" },
      ...(options.mitigation === false ? {} : { mitigation: { id: "scaled-mitigation-1", evaluators: [{ use: "up" }] } })
    },
    ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
    solution: []
  }
})

export const spec = (
  options: {
    readonly problem?: Problem
    readonly lines?: ReadonlyArray<string>
    readonly seed?: number
    readonly id?: string
    readonly limits?: Partial<TrialSpec["limits"]>
  } = {}
): TrialSpec => {
  const of = options.problem ?? problem()
  const seed = options.seed ?? 0
  return {
    id: options.id ?? `${of.metadata.name}_scripted_s${seed}_r0`,
    problem: of,
    source: "problem.yaml",
    tasks: Object.keys(of.spec.tasks),
    agent: { use: "scripted", with: { lines: options.lines ?? ['submit("yes")'] } },
    cluster: { use: "fake" },
    seed,
    repeat: 0,
    limits: { ...defaultLimits, ...options.limits },
    charge: defaultCharge
  }
}

export const deployment = (world: FakeWorld | undefined): KubeObject | undefined => world?.state.get(deploymentPath)
export { replicasOf }
