/** The audit of an identity's requests: who asked what of the API server, and how it answered; reads and refusals, too. */
import { type Identity, type KubeApi, type KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { placeOf } from "./Touched.ts"

/** A request as the audit log of a cluster tells it. */
export interface Audited {
  readonly user: string
  /** As in RBAC. */
  readonly verb: string
  /** `pods`, `deployments.apps`; for anything else the path. */
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** Of HTTP; 101 for a connection. */
  readonly code: number
}

const verbs: Readonly<Record<Exclude<KubeRequest["method"], "GET" | "DELETE">, string>> = { POST: "create", PUT: "update", PATCH: "patch" }

const verbOf = (method: KubeRequest["method"], name: string | undefined): string => {
  if (method === "GET") return name === undefined ? "list" : "get"
  return method === "DELETE" ? (name === undefined ? "deletecollection" : "delete") : verbs[method]
}

const described = (request: KubeRequest): Omit<Audited, "user" | "code"> => {
  const place = placeOf(request.path)
  if (place === undefined) return { verb: request.method.toLowerCase(), resource: request.path }
  const { name, namespace, resource, subresource } = place
  return {
    verb: verbOf(request.method, name),
    resource,
    ...(namespace === "" ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === "" ? {} : { subresource })
  }
}

/** A request that was interrupted has no answer, and is not told of. */
const codeOf = (exit: Exit.Exit<number, KubeStatus>): number | undefined => {
  if (Exit.isSuccess(exit)) return exit.value
  const error = Cause.squash(exit.cause)
  return error instanceof KubeStatus ? error.code : undefined
}

/** The API with a front that tells of each request when it is answered. */
export const auditing = (api: KubeApi, { user }: Identity, tell: (audited: Audited) => void): KubeApi => {
  const told = (request: KubeRequest, code: number | undefined, verb?: string) =>
    Effect.sync(() => {
      if (code !== undefined) tell({ user, ...described(request), ...(verb === undefined ? {} : { verb }), code })
    })
  return {
    request: (request) => Effect.onExit(api.request(request), (exit) => told(request, codeOf(Exit.map(exit, ({ code }) => code)))),
    watch: (request) =>
      Stream.onExit(api.watch(request), (exit) =>
        told(request, Exit.isSuccess(exit) || Exit.hasInterrupts(exit) ? 200 : codeOf(Exit.map(exit, () => 200)), "watch")
      ),
    connect: (request) => Effect.onExit(api.connect(request), (exit) => told(request, codeOf(Exit.map(exit, () => 101)), "create"))
  }
}
