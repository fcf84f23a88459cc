/**
 * What a trial has done to a cluster that outlives this process, one JSON object a line, on disk before it is done. An entry is whole or,
 * as the last line of a file, absent; `fsync` returns before the mutation that the entry announces begins.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { Deadlines, Use } from "@aiopslab/core/Problem"
import { type LabError, labError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { attempt, readIfThereSync } from "@aiopslab/host/edge/Files"
import { Failpoint } from "./Failpoint.ts"
import { PluginSource } from "./PluginSource.ts"

const Ref = Schema.Struct({ apiVersion: Schema.String, kind: Schema.String, namespace: Schema.String, name: Schema.String })

export const JournalEntry = Schema.Union([
  /** How another process finds the cluster and the application again. */
  Schema.TaggedStruct("Opened", {
    trial: Schema.String,
    app: Use,
    /** The problem's own, as in its manifest. */
    deadlines: Deadlines,
    /** `plugin/name` of the provider, and its attachment. */
    cluster: Schema.Struct({ use: Schema.String, attachment: Schema.Unknown }),
    plugins: Schema.Array(PluginSource)
  }),
  /** Objects that are about to be created; `namespace` is empty for cluster-wide ones. */
  Schema.TaggedStruct("Creating", { what: Schema.Literals(["app", "workload"]), objects: Schema.Array(Ref) }),
  /** The baseline stands in `baseline.json` of the trial's folder; the cluster may be able to go back to the snapshot. */
  Schema.TaggedStruct("Baseline", {
    digest: Schema.String,
    snapshot: Schema.optionalKey(Schema.Struct({ token: Schema.Unknown, at: Schema.Finite }))
  }),
  Schema.TaggedStruct("Planned", { index: Schema.Int, fault: Schema.String, version: Schema.String, plan: Schema.Unknown }),
  Schema.TaggedStruct("Injected", { index: Schema.Int }),
  Schema.TaggedStruct("Recovered", { index: Schema.Int }),
  /** Nothing is left to do. */
  Schema.TaggedStruct("Closed", {})
])
export type JournalEntry = typeof JournalEntry.Type

export interface FaultJournal {
  /** Returns when the entry is on disk. */
  readonly write: (entry: JournalEntry) => Effect.Effect<void, LabError>
}

export const refsOf = (objects: ReadonlyArray<KubeObject>): ReadonlyArray<typeof Ref.Type> =>
  objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name }))

/** For clusters that end with this process: nothing would be left to recover. */
export const none: FaultJournal = { write: () => Effect.void }

export const file = "journal.ndjson"

const encode = Schema.encodeSync(JournalEntry)

/** A torn last line never happened: what comes next begins a line of its own. */
const openWhole = (path: string): number => {
  const text = readIfThereSync(path) ?? ""
  const whole = text.slice(0, text.lastIndexOf("\n") + 1)
  if (whole.length < text.length) fs.truncateSync(path, Buffer.byteLength(whole))
  return fs.openSync(path, "a")
}

/** Opens the journal at a path for appending, until the scope closes. */
export const open = (path: string): Effect.Effect<FaultJournal, LabError, Scope.Scope> =>
  Effect.acquireRelease(
    attempt(path, () => openWhole(path)),
    (descriptor) => Effect.sync(() => fs.closeSync(descriptor))
  ).pipe(
    Effect.map((descriptor): FaultJournal => ({
      write: (entry) =>
        Effect.withFiber((fiber) => {
          const pass = fiber.getRef(Failpoint)
          const point = `journal.${entry._tag.toLowerCase()}`
          return attempt(path, () => {
            pass(`${point}.before`)
            fs.writeSync(descriptor, `${JSON.stringify(encode(entry))}\n`)
            fs.fsyncSync(descriptor)
            pass(`${point}.after`)
          })
        })
    }))
  )

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(JournalEntry))

/** All entries; a torn last line never happened. Empty when there is no journal. */
export const read = (path: string): Effect.Effect<ReadonlyArray<JournalEntry>, LabError> =>
  Effect.gen(function* () {
    const text = yield* attempt(path, () => readIfThereSync(path))
    if (text === undefined) return []
    const lines = text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .slice(0, -1)
    return yield* Effect.forEach(lines, (line) =>
      decode(line).pipe(Effect.mapError((error) => labError("RUN_FOLDER_UNREADABLE", { path, why: error.message })))
    )
  })

/** What is left to do after a crash. */
export interface Open {
  readonly opened: Extract<JournalEntry, { readonly _tag: "Opened" }>
  readonly baseline: Extract<JournalEntry, { readonly _tag: "Baseline" }> | undefined
  /** Planned and not known to be recovered, the latest first: the order in which to undo. */
  readonly faults: ReadonlyArray<Extract<JournalEntry, { readonly _tag: "Planned" }>>
  readonly created: ReadonlyArray<Extract<JournalEntry, { readonly _tag: "Creating" }>>
}

/** Undefined when the trial was closed or never touched the cluster. */
export const openEntries = (entries: ReadonlyArray<JournalEntry>): Open | undefined => {
  let open: Open | undefined
  for (const entry of entries) {
    switch (entry._tag) {
      case "Opened": {
        open = { opened: entry, baseline: undefined, faults: [], created: [] }
        break
      }
      case "Closed": {
        open = undefined
        break
      }
      case "Creating": {
        if (open !== undefined) open = { ...open, created: [...open.created, entry] }
        break
      }
      case "Baseline": {
        if (open !== undefined) open = { ...open, baseline: entry }
        break
      }
      case "Planned": {
        if (open !== undefined) open = { ...open, faults: [entry, ...open.faults] }
        break
      }
      case "Recovered": {
        if (open !== undefined) open = { ...open, faults: open.faults.filter((fault) => fault.index !== entry.index) }
        break
      }
      case "Injected":
        break
    }
  }
  return open
}
