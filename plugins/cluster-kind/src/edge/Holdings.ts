/**
 * Who holds which cluster, on disk: a folder for each pool, leased by its process, and in it one for each cluster, there before the cluster
 * is and gone after it. So a cluster of a process that died, however it did, is known as an orphan.
 */
import type { LabError } from "@aiopslab/core/LabError"
import { attempt, makeFolderSync } from "@aiopslab/host/edge/Files"
import * as Lease from "@aiopslab/host/edge/Lease"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

export const prefix = "aiopslab-"

export interface Holding {
  readonly dir: string
  /** Clusters that are there, are being made or are being deleted. */
  readonly clusters: ReadonlyArray<string>
  /** The process that holds them, if it lives. */
  readonly lease: Option.Option<Lease.Lease>
}

const root: Effect.Effect<string> = Config.String("XDG_STATE_HOME").pipe(
  Effect.orElseSucceed(() => path.join(os.homedir(), ".local/state")),
  Effect.map((state) => path.join(state, "aiopslab/kind"))
)

const taken = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "EEXIST"

/** A name that no other pool of this machine has: that of the process, with a number from the second on. */
const claim = (above: string): string => {
  makeFolderSync(above)
  for (let ordinal = 1; ; ordinal++) {
    const dir = path.join(above, ordinal === 1 ? String(process.pid) : `${process.pid}-${ordinal}`)
    try {
      fs.mkdirSync(dir)
      return dir
    } catch (cause) {
      if (!taken(cause)) throw cause
    }
  }
}

/** Only when nothing is in it: a cluster that could not be deleted is left to `gc`. */
const drop = (dir: string): void => {
  try {
    fs.rmdirSync(dir)
  } catch {
    return
  }
}

/** A folder of this pool, until the scope closes. Its name is the run of the clusters' names. */
export const open: Effect.Effect<string, LabError, Scope.Scope> = Effect.gen(function* () {
  const above = yield* root
  const dir = yield* Effect.acquireRelease(
    attempt(above, () => claim(above)),
    (claimed) => Effect.sync(() => drop(claimed))
  )
  yield* Lease.acquire(dir)
  return dir
})

export const nameOf = (dir: string, ordinal: number): string => `${prefix}${path.basename(dir)}-${ordinal}`

/** The folder of a cluster that is about to be made. */
export const begin = (dir: string, cluster: string): Effect.Effect<string, LabError> => {
  const folder = path.join(dir, cluster)
  return attempt(folder, () => {
    makeFolderSync(folder)
    return folder
  })
}

/** The cluster is gone. */
export const end = (dir: string, cluster: string): Effect.Effect<void, LabError> =>
  attempt(dir, () => fs.rmSync(path.join(dir, cluster), { recursive: true, force: true }))

export const kubeconfigOf = (folder: string): string => path.join(folder, "kubeconfig")

/** A kubeconfig that nobody uses: kind takes a cluster that it deletes out of one, and the user's is none of our business. */
export const nobodys: Effect.Effect<string> = Effect.map(root, (above) => path.join(above, "nobody.kubeconfig"))

export const isThere = (file: string): Effect.Effect<boolean> => Effect.sync(() => fs.existsSync(file))

const folders = (dir: string): ReadonlyArray<string> =>
  fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()

/** A folder with nothing in it is being claimed at this moment. */
const isHolding = (dir: string): boolean => fs.readdirSync(dir).length > 0

/** All that are told of on this machine, by this user. */
export const all: Effect.Effect<ReadonlyArray<Holding>, LabError> = Effect.gen(function* () {
  const above = yield* root
  const names = yield* attempt(above, () =>
    fs.existsSync(above) ? folders(above).filter((name) => isHolding(path.join(above, name))) : []
  )
  return yield* Effect.forEach(names, (name) =>
    Effect.gen(function* () {
      const dir = path.join(above, name)
      const lease = yield* Lease.live(dir)
      return { dir, clusters: yield* attempt(dir, () => folders(dir)), lease }
    })
  )
})

/** The folder of a dead pool whose clusters are gone. */
export const forget = (dir: string): Effect.Effect<void, LabError> => attempt(dir, () => fs.rmSync(dir, { recursive: true, force: true }))
