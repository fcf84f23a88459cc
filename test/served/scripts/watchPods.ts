/** An informer, and a command in a pod: a pod is deleted, the one that takes its place says its name. `node watchPods.ts`, with KUBECONFIG. */
import { CoreV1Api, Exec, KubeConfig, makeInformer, type V1Pod } from "@kubernetes/client-node"

const config = new KubeConfig()
config.loadFromDefault()
const core = config.makeApiClient(CoreV1Api)
const geo = { namespace: "test-hotel-reservation", labelSelector: "io.kompose.service=geo" }
const [old] = (await core.listNamespacedPod(geo)).items.map(({ metadata }) => metadata?.name)

const informer = makeInformer(config, `/api/v1/namespaces/${geo.namespace}/pods`, () => core.listNamespacedPod(geo), geo.labelSelector)
const { promise: ready, resolve } = Promise.withResolvers<string>()
const tell = (verb: string) => (pod: V1Pod) => {
  const { name = "" } = pod.metadata ?? {}
  const isReady = pod.status?.conditions?.some(({ status, type }) => type === "Ready" && status === "True") === true
  console.log(verb.padEnd(6), name, pod.status?.phase, isReady ? "ready" : "not ready")
  if (isReady && name !== old) resolve(name)
}
for (const verb of ["add", "update", "delete"] as const) informer.on(verb, tell(verb))
informer.on("error", () => undefined) // stopping is told as an error
await informer.start()
await core.deleteNamespacedPod({ ...geo, name: old ?? "" })
const pod = await ready
await informer.stop()
const socket = await new Exec(config).exec(
  geo.namespace,
  pod,
  "",
  ["hostname"],
  process.stdout,
  process.stderr,
  null,
  false,
  ({ status }) => console.log("exec:", status)
)
socket.on("close", () => process.exit())
