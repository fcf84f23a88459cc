/**
 * The Kubernetes API as this project speaks it: three functions that the embedded server, the HTTPS edge and the client of a real
 * cluster all share. In process nothing crosses a Promise or a socket.
 */
import * as Schema from "effect/Schema"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** A JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** `metadata` of an object, with the fields that clients read. Times are RFC 3339 with seconds, as on the wire. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly generateName?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: ReadonlyArray<string>
  readonly ownerReferences?: ReadonlyArray<OwnerReference>
  readonly [key: string]: unknown
}

/** An entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Any Kubernetes object, as on the wire. Never mutated: a new version is a new value that shares what did not change. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [key: string]: unknown
}

/** Who asks. A cluster turns it into RBAC (in process), impersonation or a token (over HTTPS). */
export interface Identity {
  readonly user: string
  readonly groups: ReadonlyArray<string>
  /** Where who authenticates gives one. */
  readonly uid?: string
  /** What else who authenticates says of somebody: keys with values. */
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>>
  /** Where somebody is in exactly these groups; else also in those that follow from the name, as `system:authenticated` does. */
  readonly groupsAre?: "complete"
}

/** The framework's own identity: may do everything, and sees the hidden group `plane.aiopslab.dev`. */
export const admin: Identity = { user: "kubernetes-admin", groups: ["system:masters"] }

/** The four patch types of the API, by content type. */
export const patchTypes = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml"
} as const

/** One request. `path` begins with `/api` or `/apis` (or is `/version`, `/healthz`, …) and holds no query. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  /** Repeated parameters (`command=a&command=b` of exec) are arrays. */
  readonly query?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body?: unknown
  /** The JSON that `body` was read from, where there was a text: it knows of repeated fields, and why it has no value. */
  readonly text?: string
  /** Of the body; for a PATCH one of `patchTypes`. Default `application/json`. */
  readonly contentType?: string
  /** As in HTTP; `application/json;as=Table;v=v1;g=meta.k8s.io` asks for a table. */
  readonly accept?: string
  /** As in HTTP; what stands before its first slash is the name under which a write is in managedFields, unless `fieldManager` names another. */
  readonly userAgent?: string
}

/** An answer: a 2xx, or what a program behind a proxy said. `body` is JSON, or a string for logs and other plain text. */
export interface KubeReply {
  readonly code: number
  readonly body: unknown
  readonly warnings?: ReadonlyArray<string>
  readonly contentType?: string
  /** Others than that of the type, by name in lower case: of what a program in the cluster answered. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One event of a watch. `object` of a BOOKMARK holds only a resourceVersion. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"
  readonly object: KubeObject
}

/**
 * The failure of a request: the real server's `Status` object with its HTTP code. `message` is the server's text, the one kubectl
 * prints after `Error from server (Reason): `.
 */
export class KubeStatus extends Schema.TaggedError<KubeStatus>()("KubeStatus", {
  code: Schema.Int,
  reason: Schema.String,
  message: Schema.String,
  details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** Of webhooks and policies; in HTTP they stand in headers, beside the `Status`. */
  warnings: Schema.optionalKey(Schema.Array(Schema.String))
}) {}

/**
 * A frame of a `connect` stream. For exec and attach the channels are 0 stdin, 1 stdout, 2 stderr, 3 status (a JSON `Status`), 4 resize. For
 * port-forward, 2n is the connection to the n-th port and 2n + 1 says why there is none; each begins with the port's number, low byte first.
 */
export interface Frame {
  readonly channel: number
  readonly data: Uint8Array
}

/** Both directions of an upgraded connection. Closing the scope that made it closes the connection. */
export interface Duplex {
  readonly send: (frame: Frame) => Effect.Effect<void>
  /** Half-close of one channel: end of stdin. */
  readonly end: (channel: number) => Effect.Effect<void>
  readonly received: Stream.Stream<Frame, KubeStatus>
}

/** The API server as seen by one identity. */
export interface KubeApi {
  readonly request: (request: KubeRequest) => Effect.Effect<KubeReply, KubeStatus>
  /** A GET with `watch=true`; ends when the server ends it, fails with 410 when the resourceVersion is too old. */
  readonly watch: (request: KubeRequest) => Stream.Stream<WatchEvent, KubeStatus>
  readonly connect: (request: KubeRequest) => Effect.Effect<Duplex, KubeStatus, Scope.Scope>
}
