/** All that an agent can read of a cluster: by the API, in the pods' logs, in every container and in its own shell. */
import * as AgentAccess from "@aiopslab/agents/AgentAccess"
import * as Sandbox from "@aiopslab/agents/Sandbox"
import { InstalledApp } from "@aiopslab/core/App"
import { Cluster } from "@aiopslab/core/Cluster"
import * as KubeClient from "@aiopslab/core/KubeClient"
import { admin, type KubeApi } from "@aiopslab/core/Kubernetes"
import type { TrialSpec } from "@aiopslab/core/TrialSpec"
import { VirtualTime } from "@aiopslab/runtime/time/VirtualTime"
import { install } from "@aiopslab/runtime/trial/Install"
import { discover } from "@aiopslab/core/Kinds"
import { startWorkload } from "@aiopslab/runtime/trial/StartWorkload"
import { playbookOf, registryOf } from "@aiopslab/runtime/TrialHost"
import { planner } from "@aiopslab/runtime/TrialPlan"
import * as RunFolder from "@aiopslab/runtime/RunFolder"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Lab from "./Lab.ts"

/** A text and where it was read. */
export interface Read {
  readonly from: string
  readonly text: string
}

const Groups = Schema.Struct({
  groups: Schema.Array(Schema.Struct({ versions: Schema.Array(Schema.Struct({ groupVersion: Schema.String })) }))
})
const Resources = Schema.Struct({
  resources: Schema.Array(Schema.Struct({ name: Schema.String, verbs: Schema.Array(Schema.String) }))
})

const table = "application/json;as=Table;v=v1;g=meta.k8s.io"

const get = (api: KubeApi, path: string, accept?: string): Effect.Effect<Read> =>
  api.request({ method: "GET", path, ...(accept === undefined ? {} : { accept }) }).pipe(
    Effect.map(({ body }) => (typeof body === "string" ? body : JSON.stringify(body))),
    Effect.catch((status) => Effect.succeed(JSON.stringify(status))),
    Effect.map((text) => ({ from: `GET ${path}${accept === undefined ? "" : " as a table"}`, text }))
  )

/** Everything that discovery names, cluster-wide and in the namespace; refusals are read, too. */
const objects = (api: KubeApi, namespace: string) =>
  Effect.gen(function* () {
    const out: Array<Read> = []
    for (const path of ["/", "/version", "/healthz", "/metrics", "/api", "/apis", "/openapi/v2", "/openapi/v3"])
      out.push(yield* get(api, path))
    const apis = yield* api.request({ method: "GET", path: "/apis" })
    const { groups } = yield* Schema.decodeUnknownEffect(Groups)(apis.body)
    for (const root of ["/api/v1", ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`))]) {
      out.push(yield* get(api, root), yield* get(api, `/openapi/v3${root}`))
      const { body } = yield* api.request({ method: "GET", path: root })
      const { resources } = yield* Schema.decodeUnknownEffect(Resources)(body)
      for (const { name, verbs } of resources) {
        if (!verbs.includes("list")) continue
        for (const path of [`${root}/${name}`, `${root}/namespaces/${namespace}/${name}`])
          out.push(yield* get(api, path), yield* get(api, path, table))
      }
    }
    return out
  })

const inContainer = 'env; hostname; uname -a; for f in $(find / -type f); do echo "== $f"; cat "$f"; done'

const containers = (api: KubeApi, namespace: string) =>
  Effect.gen(function* () {
    const out: Array<Read> = []
    for (const { metadata } of yield* KubeClient.list(api, KubeClient.resources.pods, namespace)) {
      const { name } = metadata
      for (const previous of [false, true]) {
        const text = yield* KubeClient.log(api, namespace, name, { previous }).pipe(Effect.catch(({ message }) => Effect.succeed(message)))
        out.push({ from: `log of ${name}`, text })
      }
      const { stderr, stdout } = yield* KubeClient.exec(api, { namespace, pod: name }, ["sh", "-c", inContainer]).pipe(
        Effect.scoped,
        Effect.catch(({ message }) => Effect.succeed({ stdout: "", stderr: message }))
      )
      out.push({ from: `in ${name}`, text: stdout + stderr })
    }
    return out
  })

const inShell = [
  inContainer,
  "kubectl version -o json; kubectl cluster-info; kubectl config view; kubectl api-resources; kubectl auth can-i --list",
  "kubectl get all,cm,secret,sa,pvc,events,endpoints -o yaml --show-managed-fields",
  "kubectl get nodes,pv,ns -o wide --show-labels; kubectl describe nodes; kubectl get events -A -o wide",
  "kubectl describe all,cm,secret,sa,pvc"
]

const shell = (api: KubeApi, namespace: string) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make({ api, namespace, seed: "sweep" })
    return yield* Effect.forEach(inShell, (script) =>
      Effect.map(sandbox.exec(script, 60_000), ({ stderr, stdout }): Read => ({ from: `$ ${script.slice(0, 40)}`, text: stdout + stderr }))
    )
  })

/** Installs the problem's application, injects its faults as a trial does, and reads. */
export const sweep = (spec: TrialSpec) =>
  Effect.gen(function* () {
    const plugins = yield* Lab.loaded
    const registry = registryOf(plugins)
    const plan = yield* planner(registry, () => "0.1.0").plan(RunFolder.planned(spec))
    const { installation } = plan
    const { namespace } = installation
    const pool = yield* plan.provider.component.open(plan.provider.config, playbookOf(registry, installation))
    const trial = Effect.gen(function* () {
      const cluster = yield* pool.lease
      const kinds = yield* discover(cluster.api(admin))
      const services = Context.make(Cluster, cluster).pipe(Context.add(InstalledApp, installation))
      const deadlineMillis = plan.deadlines.install
      return yield* Effect.gen(function* () {
        yield* install({ installation, objects: plan.objects, key: plan.installKey, seed: "sweep", kinds, deadlineMillis })
        yield* startWorkload(kinds, plan.workload)
        yield* Effect.sleep("1 minute")
        for (const { config, fault } of plan.faults) {
          const planned = yield* fault.plan(config)
          yield* fault.inject(planned)
          yield* fault.verify(planned)
          yield* Effect.sleep("1 minute")
          yield* fault.keep(planned, () => false)
        }
        const api = cluster.api(AgentAccess.identity)
        return [...(yield* objects(api, namespace)), ...(yield* containers(api, namespace)), ...(yield* shell(api, namespace))]
      }).pipe(Effect.provideContext(services))
    })
    return yield* Effect.flatten(Effect.suspend(() => new VirtualTime().run("sweep", trial)))
  }).pipe(Effect.scoped)
