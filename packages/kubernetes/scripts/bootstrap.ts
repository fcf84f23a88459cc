/**
 * Writes `src/scheme/generated/bootstrap.json`: what a real, new kube-apiserver holds before anybody wrote to it, read from the server that
 * `KUBECONFIG` names.
 *
 *     ../shared/kind-kit/apiserver start /tmp/api
 *     KUBECONFIG=/tmp/api/kubeconfig node scripts/bootstrap.ts <path of kubectl>
 *
 * Objects lack what the reader (`Bootstrap.ts`) gives them: uid, resourceVersion, creationTimestamp. Times are `$time`, `$micro` and `$date`, a uid within an object `$uid`;
 * `managedFields` are `[manager, operation, subresource, index into "fields"]`; names that hang on the machine are replaced.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"

/** In the order in which they are put into the store. */
const collections: ReadonlyArray<readonly [apiVersion: string, kind: string, plural: string]> = [
  ["v1", "Namespace", "namespaces"],
  ["v1", "Service", "services"],
  ["v1", "ConfigMap", "configmaps"],
  ["networking.k8s.io/v1", "ServiceCIDR", "servicecidrs"],
  ["networking.k8s.io/v1", "IPAddress", "ipaddresses"],
  ["coordination.k8s.io/v1", "Lease", "leases"],
  ["apiregistration.k8s.io/v1", "APIService", "apiservices"],
  ["scheduling.k8s.io/v1", "PriorityClass", "priorityclasses"],
  ["flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "flowschemas"],
  ["flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration", "prioritylevelconfigurations"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles"],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings"],
  ["rbac.authorization.k8s.io/v1", "Role", "roles"],
  ["rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"]
]

const Entry = Schema.Struct({
  manager: Schema.String,
  operation: Schema.String,
  subresource: Schema.optionalKey(Schema.String),
  fieldsV1: Schema.Unknown
})
const Metadata = Schema.Struct({
  name: Schema.String,
  namespace: Schema.optionalKey(Schema.String),
  labels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  annotations: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  generation: Schema.optionalKey(Schema.Int),
  managedFields: Schema.optionalKey(Schema.Array(Entry))
})
const List = Schema.Struct({
  items: Schema.Array(Schema.StructWithRest(Schema.Struct({ metadata: Metadata }), [Schema.Record(Schema.String, Schema.Unknown)]))
})

const neutral = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, "$micro")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "$time")
    .replaceAll(/"since":"[^"]*"/g, '"since":"$date"')
    .replaceAll(/"kubernetes.io\/hostname":"[^"]*"/g, '"kubernetes.io/hostname":"control-plane"')
    .replaceAll(/apiserver-[a-z2-7]{26}_[-0-9a-f]{36}/g, "apiserver-aaaaaaaaaaaaaaaaaaaaaaaaaa_$$uid")
    .replaceAll(/apiserver-[a-z2-7]{26}/g, "apiserver-aaaaaaaaaaaaaaaaaaaaaaaaaa")
    .replaceAll(/"targetPort":\d+/g, '"targetPort":6443')

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const kubectl = process.argv[2] ?? "kubectl"
  const fields: Array<string> = []
  const indexOf = (text: string): number => (fields.includes(text) ? fields.indexOf(text) : fields.push(text) - 1)
  const blocks: Array<string> = []
  for (const [apiVersion, kind, plural] of collections) {
    const path = `${apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`}/${plural}`
    const text = yield* spawner.string(ChildProcess.make(kubectl, ["get", "--raw", path]))
    const { items } = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(List))(text)
    const lines = items.map(({ metadata: { managedFields = [], ...metadata }, ...rest }) => {
      const managed = managedFields.map((entry) => [
        entry.manager,
        entry.operation,
        entry.subresource ?? "",
        indexOf(JSON.stringify(entry.fieldsV1))
      ])
      return neutral(JSON.stringify({ metadata: { ...metadata, managedFields: managed }, ...rest }))
    })
    blocks.push(`{"apiVersion":"${apiVersion}","kind":"${kind}","items":[\n${lines.join(",\n")}\n]}`)
  }
  const out = new URL("../src/scheme/generated/bootstrap.json", import.meta.url).pathname
  yield* fs.writeFileString(out, `{"fields":[\n${fields.join(",\n")}\n],\n"collections":[\n${blocks.join(",\n")}\n]}\n`)
})

NodeRuntime.runMain(program.pipe(Effect.provide(NodeServices.layer)))
