/** What the arguments of a command name: `pods`, `pod a b`, `pods,svc`, `deploy/x svc/y`, `all`, `-l`, `--all`, `-f`. */
import type { KubeObject, KubeReply, KubeStatus } from "@aiopslab/core/Kubernetes"
import { KubeStatus as Status } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import * as Selector from "@aiopslab/kubernetes/Selector"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bool, type Flags, short, text, texts } from "./CommandLine.ts"
import { type ApiResource, category } from "./Discovery.ts"
import { failure } from "./Failure.ts"
import * as Fields from "./Fields.ts"
import { find, type Invocation, type Problem, resourceNamed } from "./Invocation.ts"
import { manifests } from "./Manifests.ts"

export interface One {
  readonly _tag: "One"
  readonly resource: ApiResource
  readonly namespace: string
  readonly name: string
  /** The file that names it. */
  readonly source?: string
}

export type Target = One | { readonly _tag: "Every"; readonly resource: ApiResource }

/** An object with where it is. */
export interface Selected {
  readonly resource: ApiResource
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject
}

export const selectionFlags: Flags = {
  filename: short("f", texts),
  recursive: short("R", bool),
  kustomize: short("k", text),
  selector: short("l", text),
  "field-selector": text
}

export const allNamespacesFlag: Flags = { "all-namespaces": short("A", bool) }

const mixed =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"

const types = Effect.fnUntraced(function* (inv: Invocation, names: string): Effect.fn.Return<ReadonlyArray<ApiResource>, Problem> {
  const out: Array<ApiResource> = []
  for (const name of names.split(",").filter((part) => part !== "")) {
    const found = yield* find(inv, name)
    const group = found === undefined ? category(yield* inv.directory.all, name) : [found]
    if (group.length === 0) out.push(yield* resourceNamed(inv, name))
    out.push(...group.filter(({ group: of, plural }) => !out.some((one) => one.group === of && one.plural === plural)))
  }
  return out
})

/** Reads the arguments. `names: "needed"`: a type alone is not enough unless a selector or `--all` is given. */
export const targets = Effect.fnUntraced(function* (
  inv: Invocation,
  args: ReadonlyArray<string>,
  names: "needed" | "optional"
): Effect.fn.Return<ReadonlyArray<Target>, Problem> {
  const one = (resource: ApiResource, name: string): Target => ({
    _tag: "One",
    resource,
    namespace: resource.namespaced ? inv.namespace : "",
    name
  })
  const selecting = inv.line.has("selector") || inv.line.isSet("all") || inv.line.has("field-selector")
  const fromFiles: Array<Target> = []
  const given = yield* manifests(inv)
  const [problem] = given.problems
  if (problem !== undefined) return yield* Effect.fail(problem)
  for (const manifest of given.found) {
    const { namespace, object, resource, source } = manifest
    fromFiles.push({ _tag: "One", resource, namespace, name: object.metadata.name, source })
  }
  if (fromFiles.length > 0 || inv.line.has("filename")) {
    if (args.length > 0)
      return yield* failure("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well")
    return fromFiles
  }
  if (args.some((arg) => arg.includes("/"))) {
    const out: Array<Target> = []
    for (const arg of args) {
      const parts = arg.split("/")
      const [type = "", name = ""] = parts
      if (parts.length === 1) return yield* failure(mixed)
      if (parts.length > 2 || type.includes(","))
        return yield* failure("arguments in resource/name form must have a single resource and name")
      if (type === "" || name === "") return yield* failure(`arguments in resource/name form must have a single resource and name`)
      out.push(one(yield* resourceNamed(inv, type), name))
    }
    if (selecting)
      return yield* failure(
        inv.line.has("selector")
          ? "selectors and the all flag cannot be used when passing resource/name arguments"
          : "name cannot be provided when a selector is specified"
      )
    if (inv.line.isSet("all-namespaces")) return yield* failure("a resource cannot be retrieved by name across all namespaces")
    return out
  }
  const [first, ...rest] = args
  if (first === undefined) return []
  const resources = yield* types(inv, first)
  if (rest.length === 0) {
    if (names === "needed" && !selecting) return yield* failure("resource(s) were provided, but no name was specified")
    return resources.map((resource): Target => ({ _tag: "Every", resource }))
  }
  if (selecting) return yield* failure("name cannot be provided when a selector is specified")
  if (inv.line.isSet("all-namespaces")) return yield* failure("a resource cannot be retrieved by name across all namespaces")
  return resources.flatMap((resource) => rest.map((name) => one(resource, name)))
})

/** Whether the arguments may yield more than one type; then names are printed with it. */
export const severalTypes = (inv: Invocation, targetsOf: ReadonlyArray<Target>): boolean => {
  const first = inv.line.positional[0] ?? ""
  return first === "all" || new Set(targetsOf.map((target) => `${target.resource.plural}.${target.resource.group}`)).size > 1
}

const gvr = (resource: ApiResource): string => `${resource.group}/${resource.version}, Resource=${resource.plural}`

/** `a=b,c in (d)` as a label selector of an object; one that has no place in it is told. */
export const selectorFields = (given: string): Result.Result<Fields.Fields, string> => {
  const parsed = Selector.parse(given)
  if (Result.isFailure(parsed)) return Result.fail(`couldn't parse the selector string ${JSON.stringify(given)}: ${parsed.failure}`)
  const matchLabels: Record<string, string> = {}
  const matchExpressions: Array<Fields.Fields> = []
  for (const { form, key, operator, values } of parsed.success) {
    const isSet = form === "set" || operator === "Exists" || operator === "DoesNotExist"
    if (operator === "Gt" || operator === "Lt") return Result.fail(`"${operator.toLowerCase()}" isn't supported in label selectors`)
    if (operator === "In" && !isSet) matchLabels[key] = values[0] ?? ""
    else if (!isSet) return Result.fail('"!=" is not a valid label selector operator')
    else matchExpressions.push({ key, operator, ...(values.length === 0 ? {} : { values: values.toSorted() }) })
  }
  return Result.succeed({
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions })
  })
}

/** Where the list of a resource stands: the chosen namespace, or all. */
export const collectionPath = (inv: Invocation, resource: ApiResource): string =>
  pathOf(resource, inv.line.isSet("all-namespaces") ? undefined : inv.namespace)

export const selectors = (inv: Invocation): Record<string, string> => {
  const query: Record<string, string> = {}
  const [label, field] = [inv.line.text("selector"), inv.line.text("field-selector")]
  if (label !== undefined && label !== "") query["labelSelector"] = label
  if (field !== undefined && field !== "") query["fieldSelector"] = field
  return query
}

/** One answer for each target; a refusal of a list tells what was looked for. */
export const fetch = (
  inv: Invocation,
  target: Target,
  options: { readonly accept?: string; readonly query?: Readonly<Record<string, string>> } = {}
): Effect.Effect<KubeReply, KubeStatus> => {
  const accept = options.accept === undefined ? {} : { accept: options.accept }
  const { resource } = target
  const missing = `get ${resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`}${target._tag === "One" ? ` ${target.name}` : ""}`
  // what the server has no page for it says without details
  const nowhere = (status: KubeStatus): KubeStatus =>
    status.code === 404 && status.details === undefined
      ? new Status({ code: 404, reason: status.reason, message: `${status.message} (${missing})` })
      : status
  if (target._tag === "One") {
    return inv.api
      .request({
        method: "GET",
        path: pathOf(target.resource, target.namespace, target.name, inv.line.text("subresource")),
        query: options.query ?? {},
        ...accept
      })
      .pipe(Effect.mapError(nowhere))
  }
  const query = { ...selectors(inv), ...options.query }
  return inv.api.request({ method: "GET", path: collectionPath(inv, target.resource), query, ...accept }).pipe(
    Effect.mapError(nowhere),
    Effect.mapError((status) => {
      if (status.code !== 400 && status.code !== 404) return status
      const [label, field] = [query["labelSelector"] ?? "", query["fieldSelector"] ?? ""]
      const subject = JSON.stringify(gvr(target.resource))
      const message =
        label === "" && field === ""
          ? `Unable to list ${subject}: ${status.message}`
          : `Unable to find ${subject} that match label selector ${JSON.stringify(label)}, field selector ${JSON.stringify(field)}: ${status.message}`
      return new Status({ code: status.code, reason: status.reason, message })
    })
  )
}

const apiVersionOf = (resource: ApiResource): string => (resource.group === "" ? resource.version : `${resource.group}/${resource.version}`)

const selected = (resource: ApiResource, value: unknown): ReadonlyArray<Selected> => {
  const object = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...Fields.record(value) }
  if (!Fields.isObject(object)) return []
  return [{ resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name, object }]
}

/** All objects that the targets name, in order, and what went wrong on the way. */
export const objects = Effect.fnUntraced(function* (inv: Invocation, of: ReadonlyArray<Target>) {
  const found: Array<Selected> = []
  const problems: Array<KubeStatus> = []
  for (const target of of) {
    const reply = yield* Effect.result(fetch(inv, target))
    if (Result.isFailure(reply)) problems.push(reply.failure)
    else if (target._tag === "One") found.push(...selected(target.resource, reply.success.body))
    else for (const item of Fields.list(reply.success.body, "items")) found.push(...selected(target.resource, item))
  }
  return { found, problems } as const
})
