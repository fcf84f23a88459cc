/** What the description of a kind may use: the object, the time, and further questions to the server. */
import type { KubeObject, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Fields from "../Fields.ts"
import type { Invocation } from "../Invocation.ts"
import type { Selected } from "../Selection.ts"
import type { Page } from "./Page.ts"

export interface Subject extends Selected {
  readonly inv: Invocation
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Writes everything but the events. */
export interface Describer {
  readonly write: (page: Page, subject: Subject) => Effect.Effect<void, KubeStatus>
  readonly events: boolean
}

/** A description that needs nothing but the object. */
export const plain = (write: (page: Page, subject: Subject) => void, events = true): Describer => ({
  events,
  write: (page, subject) => Effect.sync(() => write(page, subject))
})

/** `Deployment/geo` of the owner that controls it, if there is one. */
export const controller = (object: KubeObject): string | undefined => {
  const owner = (object.metadata.ownerReferences ?? []).find((one) => one.controller === true)
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`
}

/** All objects of a list; nothing where the server refuses. */
export const items = (
  inv: Invocation,
  path: string,
  query: Readonly<Record<string, string>> = {}
): Effect.Effect<ReadonlyArray<unknown>, KubeStatus> =>
  inv.api.request({ method: "GET", path, query }).pipe(
    Effect.map((reply) => Fields.list(reply.body, "items")),
    Effect.catchIf(
      (status) => status.code === 403 || status.code === 404,
      () => Effect.succeed([])
    )
  )
