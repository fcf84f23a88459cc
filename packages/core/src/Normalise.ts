/**
 * What counts as a difference between two states of a cluster. One table says which fields are bookkeeping and why; the check that a trial
 * left the environment as it found it, and the evaluator `spec-baseline`, both read it.
 */
import type { KubeObject } from "./Kubernetes.ts"

/** A field that two equal states may differ in. `*` stands for any key or index; without `resources` it holds for all. */
export interface IgnoredField {
  readonly path: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly reason: string
}

const server = "bookkeeping of the API server"
const controller = "written by a controller"
const restart = "says when or why something was rolled out, not what runs"

const annotation = (name: string, reason: string): IgnoredField => ({ path: ["metadata", "annotations", name], reason })
const templateAnnotation = (name: string, reason: string): IgnoredField => ({
  path: ["spec", "template", "metadata", "annotations", name],
  reason
})

export const ignoredFields: ReadonlyArray<IgnoredField> = [
  { path: ["metadata", "managedFields"], reason: server },
  { path: ["metadata", "resourceVersion"], reason: server },
  { path: ["metadata", "uid"], reason: server },
  { path: ["metadata", "generation"], reason: server },
  { path: ["metadata", "creationTimestamp"], reason: server },
  { path: ["metadata", "selfLink"], reason: server },
  { path: ["metadata", "generateName"], reason: server },
  { path: ["metadata", "ownerReferences", "*", "uid"], reason: "an owner that was made again has a new one" },
  { path: ["status"], reason: "what was observed; evaluators look at it themselves" },
  annotation("deployment.kubernetes.io/revision", controller),
  annotation("kubectl.kubernetes.io/last-applied-configuration", "bookkeeping of kubectl"),
  annotation("kubernetes.io/change-cause", restart),
  annotation("kubectl.kubernetes.io/restartedAt", restart),
  templateAnnotation("kubectl.kubernetes.io/restartedAt", restart),
  { path: ["spec", "template", "metadata", "creationTimestamp"], reason: server },
  annotation("pv.kubernetes.io/bind-completed", controller),
  annotation("pv.kubernetes.io/bound-by-controller", controller),
  annotation("endpoints.kubernetes.io/last-change-trigger-time", controller),
  annotation("node.alpha.kubernetes.io/ttl", controller),
  { resources: ["services"], path: ["spec", "clusterIP"], reason: "given anew when a Service is made again; callers use its name" },
  { resources: ["services"], path: ["spec", "clusterIPs"], reason: "given anew when a Service is made again; callers use its name" },
  { resources: ["persistentvolumes"], path: ["spec", "claimRef", "uid"], reason: server },
  { resources: ["persistentvolumes"], path: ["spec", "claimRef", "resourceVersion"], reason: server },
  { resources: ["jobs.batch"], path: ["spec", "selector"], reason: "holds the Job's uid" },
  { resources: ["jobs.batch"], path: ["spec", "template", "metadata", "labels", "controller-uid"], reason: "holds the Job's uid" },
  {
    resources: ["jobs.batch"],
    path: ["spec", "template", "metadata", "labels", "batch.kubernetes.io/controller-uid"],
    reason: "holds the Job's uid"
  }
]

/** Resources that follow from others, with names or contents of their own in every run of the controllers. */
const derived: ReadonlySet<string> = new Set([
  "endpoints",
  "endpointslices.discovery.k8s.io",
  "events",
  "events.events.k8s.io",
  "leases.coordination.k8s.io",
  "controllerrevisions.apps"
])

/** `deployments.apps` of `deployments.apps/test-hotel-reservation/geo`. */
export const resourceOf = (key: string): string => {
  const slash = key.indexOf("/")
  return slash < 0 ? key : key.slice(0, slash)
}

/** Whether a controller makes it from another object: a replica set's pod, a deployment's replica set, endpoints, events. */
export const isDerived = (resource: string, object: KubeObject): boolean =>
  derived.has(resource) || (object.metadata.ownerReferences?.some((owner) => owner.controller === true) ?? false)

/** One field that differs, `spec.template.spec.containers[geo].image`; `undefined` where there is none. */
export interface Difference {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

interface Rules {
  readonly ignored: boolean
  readonly children: ReadonlyMap<string, Rules>
}

const nothing: Rules = { ignored: false, children: new Map() }

const ruled = (fields: ReadonlyArray<IgnoredField>, depth: number): Rules => {
  const byKey = new Map<string, Array<IgnoredField>>()
  for (const field of fields) {
    const key = field.path[depth]
    if (key === undefined) return { ignored: true, children: new Map() }
    byKey.set(key, [...(byKey.get(key) ?? []), field])
  }
  return { ignored: false, children: new Map(Array.from(byKey, ([key, group]) => [key, ruled(group, depth + 1)])) }
}

const rulesFor = (resource: string, more: ReadonlyArray<IgnoredField>): Rules =>
  ruled(
    [...ignoredFields, ...more].filter((field) => field.resources?.includes(resource) ?? true),
    0
  )

const rulesByResource = new Map<string, Rules>()

/** The rules of a resource, made once where nothing is added to the table. */
const rulesOf = (resource: string, more: ReadonlyArray<IgnoredField>): Rules => {
  if (more.length > 0) return rulesFor(resource, more)
  const known = rulesByResource.get(resource)
  if (known !== undefined) return known
  const made = rulesFor(resource, more)
  rulesByResource.set(resource, made)
  return made
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0)

/** Items by their unique `name`, or undefined when it isn't a list of named things. */
const named = (list: ReadonlyArray<unknown>): Readonly<Record<string, unknown>> | undefined => {
  const out: Record<string, unknown> = {}
  for (const item of list) {
    const name = isRecord(item) ? item["name"] : undefined
    if (typeof name !== "string" || name in out) return undefined
    out[name] = item
  }
  return out
}

const indexed = (list: ReadonlyArray<unknown>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(list.map((item, i) => [String(i), item]))

const compare = (before: unknown, after: unknown, rules: Rules, path: string, out: Array<Difference>): void => {
  if (before === after || rules.ignored) return
  if (Array.isArray(before) && Array.isArray(after)) {
    const names = [named(before), named(after)] as const
    const [a, b] = names[0] !== undefined && names[1] !== undefined ? [names[0], names[1]] : [indexed(before), indexed(after)]
    return compareKeys(a, b, rules, (key) => `${path}[${key}]`, out)
  }
  if (isRecord(before) && isRecord(after)) return compareKeys(before, after, rules, (key) => (path === "" ? key : `${path}.${key}`), out)
  // a map that is missing, and rules below it: each of its entries counts by itself
  if (isRecord(before) && after === undefined && rules.children.size > 0) return compare(before, {}, rules, path, out)
  if (before === undefined && isRecord(after) && rules.children.size > 0) return compare({}, after, rules, path, out)
  if (path.startsWith("metadata.") && isEmpty(before) && isEmpty(after)) return
  if (!Object.is(before, after)) out.push({ path, before, after })
}

const compareKeys = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  rules: Rules,
  pathOf: (key: string) => string,
  out: Array<Difference>
): void => {
  const rulesOfKey = (key: string) => rules.children.get(key) ?? rules.children.get("*") ?? nothing
  for (const key in before) compare(before[key], after[key], rulesOfKey(key), pathOf(key), out)
  for (const key in after) if (!(key in before)) compare(undefined, after[key], rulesOfKey(key), pathOf(key), out)
}

/** What differs between two versions of an object, without the fields of the table (and `more`). Lists of named things are compared by name. */
export const differences = (
  resource: string,
  before: KubeObject,
  after: KubeObject,
  more: ReadonlyArray<IgnoredField> = []
): ReadonlyArray<Difference> => {
  if (before === after) return []
  const out: Array<Difference> = []
  compare(before, after, rulesOf(resource, more), "", out)
  return out
}

const brief = (value: unknown): string => {
  if (value === undefined) return "nothing"
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}

/** `spec.replicas is 0, was 1`. */
export const describe = (difference: Difference): string =>
  `${difference.path} is ${brief(difference.after)}, was ${brief(difference.before)}`

/**
 * What differs between two states, one sentence for each field, by key; keys are `resource/namespace/name`. Objects that controllers derive
 * from others are left out. `extra: "allowed"` passes over objects that only the later state has.
 */
export const differencesOf = (
  before: ReadonlyMap<string, KubeObject>,
  after: ReadonlyMap<string, KubeObject>,
  options: { readonly extra: "allowed" | "reported"; readonly more?: ReadonlyArray<IgnoredField> } = { extra: "reported" }
): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (const [key, object] of before) {
    const now = after.get(key)
    if (now === object || now?.metadata === object.metadata) continue
    const resource = resourceOf(key)
    if (isDerived(resource, object)) continue
    if (now === undefined) out.push(`${key} is gone`)
    else for (const difference of differences(resource, object, now, options.more)) out.push(`${key}: ${describe(difference)}`)
  }
  if (options.extra === "allowed") return out
  for (const [key, object] of after) if (!before.has(key) && !isDerived(resourceOf(key), object)) out.push(`${key} is new`)
  return out
}
