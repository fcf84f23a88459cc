/**
 * Objects of the hidden group that concern pods of a node, held by a finalizer of that node until nothing on it is theirs any more. Whoever
 * wrote an object meanwhile goes first: the next look sees it.
 */
import * as KubeClient from "@aiopslab/core/KubeClient"
import type { KubeApi, KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import { planeGroup, planeNamespace } from "@aiopslab/core/Workload"
import * as Effect from "effect/Effect"

const finalizerOf = (node: string): string => `${planeGroup}/${node}`

const finalizersOf = ({ metadata: { finalizers = [] } }: KubeObject): ReadonlyArray<string> => finalizers

export const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

export const holds = (node: string, object: KubeObject): boolean => finalizersOf(object).includes(finalizerOf(node))

/** Whether it was written. */
const write = (
  api: KubeApi,
  resource: KubeClient.Resource,
  { metadata: { name, resourceVersion } }: KubeObject,
  finalizers: ReadonlyArray<string>
): Effect.Effect<boolean, KubeStatus> =>
  KubeClient.patch(api, resource, planeNamespace, name, "merge", { metadata: { resourceVersion, finalizers } }).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ code }) => code === 409 || code === 404,
      () => Effect.succeed(false)
    )
  )

export const hold = (api: KubeApi, resource: KubeClient.Resource, node: string, object: KubeObject): Effect.Effect<boolean, KubeStatus> =>
  holds(node, object) ? Effect.succeed(true) : write(api, resource, object, [...finalizersOf(object), finalizerOf(node)])

export const release = (api: KubeApi, resource: KubeClient.Resource, node: string, object: KubeObject): Effect.Effect<void, KubeStatus> =>
  holds(node, object)
    ? Effect.asVoid(
        write(
          api,
          resource,
          object,
          finalizersOf(object).filter((one) => one !== finalizerOf(node))
        )
      )
    : Effect.void
