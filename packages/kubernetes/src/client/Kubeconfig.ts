/**
 * A kubeconfig resolved to a connection. `@kubernetes/client-node` reads the file and does every kind of authentication there is (client
 * certificates, tokens, exec plugins, OIDC); it is loaded here, on use, because importing it takes most of a second.
 */
import type { Connection } from "./HttpsClient.ts"
import { KubeStatus } from "@aiopslab/core/Kubernetes"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import type { RequestOptions } from "node:https"

/** Which cluster: a file (default: as kubectl finds it) and a context (default: the current one). */
export interface Target {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
}

export interface Resolved {
  /** The context's name. */
  readonly name: string
  readonly connection: Connection
}

const fileOf = (target: Target) => target.kubeconfig ?? "of the environment"

const bufferOrText = (value: unknown): string | Buffer | undefined =>
  typeof value === "string" || Buffer.isBuffer(value) ? value : undefined

export const resolve = Effect.fn("Kubeconfig.resolve")(function* (target: Target): Effect.fn.Return<Resolved, LabError> {
  const invalid = (error: unknown) =>
    labError("CLUSTER_KUBECONFIG_INVALID", { file: fileOf(target), why: error instanceof Error ? error.message : String(error) })
  const { KubeConfig } = yield* Effect.promise(() => import("@kubernetes/client-node"))
  const config = new KubeConfig()
  yield* Effect.try({
    try: () => (target.kubeconfig === undefined ? config.loadFromDefault() : config.loadFromFile(target.kubeconfig)),
    catch: invalid
  })
  if (target.context !== undefined) {
    if (config.getContextObject(target.context) === null) return yield* invalid(`it has no context ${target.context}`)
    config.setCurrentContext(target.context)
  }
  const cluster = config.getCurrentCluster()
  if (cluster === null) return yield* invalid("there is no current context")
  const options = (): Promise<RequestOptions> => {
    const request: RequestOptions = { headers: {} }
    return config.applyToHTTPSOptions(request).then(() => request)
  }
  const first = yield* Effect.tryPromise({ try: options, catch: invalid })
  const ca = bufferOrText(first.ca)
  const cert = bufferOrText(first.cert)
  const key = bufferOrText(first.key)
  return {
    name: config.getCurrentContext(),
    connection: {
      server: cluster.server,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      rejectUnauthorized: first.rejectUnauthorized ?? true,
      headers:
        cert === undefined
          ? Effect.tryPromise({
              try: options,
              catch: (error) => new KubeStatus({ code: 401, reason: "Unauthorized", message: String(error) })
            }).pipe(Effect.map((fresh) => headersOf(fresh)))
          : Effect.succeed(headersOf(first))
    }
  }
})

const headersOf = (options: RequestOptions): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(options.headers ?? {}).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])))
