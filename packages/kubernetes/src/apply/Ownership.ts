/**
 * The owners of an object's fields, found when somebody looks. A write notes what it was (the object before it, who, when) beside the
 * object that it stores; the entries follow from the notes and are the same whenever they are asked for. So a controller's write costs
 * one small object, and a fork shares what was found out.
 *
 * Notes are kept by the stored object's identity. A chain of them keeps the versions between alive, so it is bounded.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import type { JsonRecord } from "../Json.ts"
import { record, records } from "../Json.ts"
import type { Resource } from "../Scheme.ts"
import { kubeTime } from "../Time.ts"
import { goValue, zero } from "./GoValue.ts"
import type { Managed } from "./Managed.ts"
import * as Entries from "./Managed.ts"
import { resetFields } from "./Reset.ts"
import { fieldFor } from "./Root.ts"
import type { Update } from "./Updated.ts"
import { updated } from "./Updated.ts"

export interface Note {
  /** In the version of the request; the objects are in the stored one. */
  readonly resource: Resource
  /** The stored object before; `undefined` on creation. */
  readonly before: KubeObject | undefined
  /** What the writer gave, with its defaults: what the server adds later is nobody's. */
  readonly after: KubeObject
  readonly manager: string
  /** `parts`: of one write without an endpoint, what it changed in the status and what elsewhere. */
  readonly subresource: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Most notes in a row. */
const maxDepth = 32

/** Opaque. */
export class Ownership {
  #managed: Managed | undefined
  #note: Note | undefined
  #base: Ownership | undefined
  readonly #depth: number
  /** Given or found; of recorded owners what stands for them until they are needed. */
  #encoded: ReadonlyArray<JsonRecord> | undefined
  /** By the write that this is of. */
  readonly written: "created" | "updated"

  private constructor(written: Ownership["written"], managed: Managed | undefined, note: Note | undefined, base: Ownership | undefined) {
    this.written = written
    this.#managed = managed
    this.#note = note
    this.#base = base
    const depth = base === undefined || base.#managed !== undefined ? 0 : base.#depth + 1
    if (depth > maxDepth) void base?.managed
    this.#depth = depth > maxDepth ? 0 : depth
  }

  static of(managed: Managed, written: Ownership["written"] = "updated"): Ownership {
    const distinct = Entries.distinct(managed)
    const ownership = new Ownership(written, distinct, undefined, undefined)
    // two entries of one manager are shown until the next write
    if (distinct !== managed) ownership.#encoded = Entries.encode(managed)
    return ownership
  }

  /** Owners as an object of another server shows them. */
  static recorded(managedFields: unknown): Ownership {
    const ownership = new Ownership("updated", undefined, undefined, undefined)
    ownership.#encoded = records(managedFields)
    return ownership
  }

  /** `base` is who owned what before the write. */
  static after(base: Ownership | undefined, note: Note): Ownership {
    return new Ownership(note.before === undefined ? "created" : "updated", undefined, note, base)
  }

  get managed(): Managed {
    if (this.#managed !== undefined) return this.#managed
    const managed =
      this.#note === undefined
        ? (Entries.decode(this.#encoded ?? []) ?? Entries.none)
        : derive(this.#base?.managed ?? Entries.none, this.#note)
    this.#managed = managed
    this.#note = undefined
    this.#base = undefined
    return managed
  }

  /** `metadata.managedFields`; `undefined` when nobody owns anything. */
  get encoded(): ReadonlyArray<JsonRecord> | undefined {
    const encoded = (this.#encoded ??= Entries.encode(this.managed))
    return encoded.length === 0 ? undefined : encoded
  }
}

const derive = (managed: Managed, { after, before, manager, now, resource, subresource }: Note): Managed => {
  // an object that nobody owns is not tracked until it is applied
  if (before !== undefined && managed.length === 0) return managed
  const field = fieldFor(resource)
  const form = (object: KubeObject): unknown => goValue(resource.stored?.fromStorage(object) ?? object, field)
  const [from, to] = [before === undefined ? zero(field) : form(before), form(after)]
  const step = (current: Managed, part: string, changes: Pick<Update, "before" | "after">): Managed =>
    updated(current, {
      manager: { manager, operation: "Update", apiVersion: resource.apiVersion, subresource: part },
      time: kubeTime(now),
      field,
      reset: resetFields(resource, part),
      ...changes
    })
  if (subresource !== "parts") return step(managed, subresource, { before: from, after: to })
  const main = step(managed, "", { before: from, after: to })
  return resource.subresources.has("status") ? step(main, "status", { before: statusOf(from), after: statusOf(to) }) : main
}

const statusOf = (value: unknown): unknown => ({ status: record(value)["status"] })

const notes = new WeakMap<KubeObject, Ownership>()

export const ownershipOf = (object: KubeObject): Ownership | undefined => notes.get(object)

export const remember = (object: KubeObject, ownership: Ownership | undefined): void => {
  if (ownership !== undefined) notes.set(object, ownership)
}

/** Gives a copy of an object, changed where nobody owns anything, its owners. */
export const carried = (from: KubeObject, to: KubeObject): KubeObject => {
  remember(to, notes.get(from))
  return to
}

export const managedOf = (object: KubeObject): Managed => notes.get(object)?.managed ?? Entries.none

const shownObjects = new WeakMap<KubeObject, KubeObject>()

/** The object as answers show it: `metadata.managedFields` is found out when it is read. */
export const shown = (object: KubeObject): KubeObject => {
  const ownership = notes.get(object)
  if (ownership === undefined) return object
  const known = shownObjects.get(object)
  if (known !== undefined) return known
  const metadata: KubeObject["metadata"] = Object.defineProperty({ ...object.metadata }, "managedFields", {
    enumerable: true,
    get: () => ownership.encoded
  })
  const out = { ...object, metadata }
  shownObjects.set(object, out)
  return out
}
