/** A container's log: what its program wrote and what requests left there, by time. */
import type { KubeStatus } from "@aiopslab/core/Kubernetes"
import type { ContainerRef, LogOptions } from "@aiopslab/kubernetes/Host"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import { parseTime } from "@aiopslab/kubernetes/Time"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Container, Instance } from "../Container.ts"
import { withEnd } from "../Container.ts"
import { asPod } from "../Kinds.ts"
import * as LogFile from "../kubelet/LogFile.ts"
import * as Traffic from "../traffic/Traffic.ts"
import type { World } from "../World.ts"
import { container as containerOf } from "../World.ts"
import type { Cell } from "./Cell.ts"

export interface Line {
  readonly time: number
  readonly line: string
  /** Default `stdout`. */
  readonly stream?: "stdout" | "stderr"
  /** Default a newline. */
  readonly ending?: "none" | undefined
  /** Of what its program wrote: the order of lines of one instant. */
  readonly sequence?: number
}

/** A followed log grows with traffic even when nothing in the world changes. */
const followMillis = 1_000

export const find = (world: World, ref: ContainerRef): Container | undefined => {
  const uid = Store.get(world.store, "pods", ref.namespace, ref.pod)?.metadata.uid
  return uid === undefined ? undefined : containerOf(world, uid, ref.container)
}

const instanceOf = (
  world: World,
  ref: ContainerRef,
  { previous }: LogOptions
): Result.Result<readonly [Container, Instance], KubeStatus> => {
  const found = find(world, ref)
  if (found === undefined) {
    const pod = Store.get(world.store, "pods", ref.namespace, ref.pod)
    if (pod !== undefined && (asPod(pod).spec.nodeName ?? "") === "")
      return Result.fail(Status.badRequest(`pod ${ref.pod} does not have a host assigned`))
    return Result.fail(Status.badRequest(`container "${ref.container}" in pod "${ref.pod}" is waiting to start: ContainerCreating`))
  }
  if (previous) {
    // between two runs the one that ended is the previous one
    const ended = found.state._tag === "Waiting" && found.instance?.endedAt !== undefined ? found.instance : found.previous
    return ended === undefined
      ? Result.fail(Status.badRequest(`previous terminated container "${ref.container}" in pod "${ref.pod}" not found`))
      : Result.succeed([found, ended])
  }
  if (found.instance !== undefined) return Result.succeed([found, found.instance])
  const reason = found.state._tag === "Waiting" ? found.state.reason : "ContainerCreating"
  const why = reason === "ErrImagePull" || reason === "ImagePullBackOff" ? "trying and failing to pull image" : reason
  return Result.fail(Status.badRequest(`container "${ref.container}" in pod "${ref.pod}" is waiting to start: ${why}`))
}

const written = (instance: Instance, since: number, until: number): ReadonlyArray<Line> => {
  const out: Array<Line> = []
  for (const last of [instance.log, instance.rotated]) {
    for (let line = last; line !== undefined && line.at >= since; line = line.before) {
      if (line.at < until) out.push({ time: line.at, line: line.line, stream: line.stream, ending: line.ending, sequence: line.sequence })
    }
  }
  return out.reverse()
}

const merged = (a: ReadonlyArray<Line>, b: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const out: Array<Line> = []
  let i = 0
  for (const line of b) {
    for (let next = a[i]; next !== undefined && next.time <= line.time; next = a[i]) {
      out.push(next)
      i++
    }
    out.push(line)
  }
  return [...out, ...a.slice(i)]
}

/** Lines in `[since, until)` of the cluster's clock. */
const lines = (world: World, container: Container, instance: Instance, since: number, until: number): ReadonlyArray<Line> => {
  const end = Math.min(until, instance.endedAt === undefined ? Infinity : instance.endedAt + 1)
  const begin = Math.max(since, instance.startedAt)
  return merged(
    written(instance, begin, end),
    Traffic.requestLog(world, { namespace: container.namespace, key: container.key }, begin, end)
  )
}

/** The last `count` lines: looks back further and further, because a log of hours is long. */
const tail = (world: World, container: Container, instance: Instance, since: number, until: number, count: number): ReadonlyArray<Line> => {
  for (let back = 60_000; ; back *= 4) {
    const begin = Math.max(since, (instance.endedAt ?? until) - back)
    const found = lines(world, container, instance, begin, until)
    if (found.length >= count || begin <= Math.max(since, instance.startedAt)) return found.slice(Math.max(0, found.length - count))
  }
}

const printed = (all: ReadonlyArray<Line>, { limitBytes, timestamps }: LogOptions): string => {
  const text = all
    .map((line) => (timestamps ? `${new Date(line.time).toISOString().slice(0, 23)}000000Z ${withEnd(line)}` : withEnd(line)))
    .join("")
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString()
}

const sinceOf = (world: World, { sinceSeconds, sinceTime }: LogOptions): number =>
  sinceSeconds !== undefined ? world.now - sinceSeconds * 1000 : (parseTime(sinceTime) ?? 0)

const present = (world: World, ref: ContainerRef, options: LogOptions): Result.Result<string, KubeStatus> =>
  Result.map(instanceOf(world, ref, options), ([container, instance]) => {
    const since = Math.max(sinceOf(world, options), LogFile.since(container, instance, world.now))
    const until = world.now + 1
    return printed(
      options.tailLines === undefined
        ? lines(world, container, instance, since, until)
        : tail(world, container, instance, since, until, options.tailLines),
      options
    )
  })

/** How far somebody has read: all lines before a moment, and those of a program up to this one. */
interface Mark {
  readonly until: number
  readonly sequence: number
}

const isAfter = ({ sequence, until }: Mark, line: Line): boolean =>
  line.sequence === undefined ? line.time >= until : line.sequence > sequence

/** What the instance writes after it is as it is in this world, as it comes, until it ends. */
export const growing = (cell: Cell, ref: ContainerRef, id: string, { now, sequence }: World): Stream.Stream<ReadonlyArray<Line>> =>
  Stream.unfold<Mark | undefined, ReadonlyArray<Line>, never, never>({ until: now + 1, sequence }, (mark) =>
    mark === undefined
      ? Effect.succeed(undefined)
      : Effect.flatMap(cell.present, (seen) =>
          Effect.andThen(
            seen.sequence > mark.sequence ? Effect.void : Effect.raceFirst(cell.changedSince(seen), Effect.sleep(followMillis)),
            Effect.map(cell.present, (world): readonly [ReadonlyArray<Line>, Mark | undefined] => {
              const found = find(world, ref)
              const instance = found?.instance?.id === id ? found.instance : found?.previous?.id === id ? found.previous : undefined
              if (found === undefined || instance === undefined) return [[], undefined]
              // a program may have written more at the moment up to which the last one was read
              const all = lines(world, found, instance, mark.until - 1, world.now + 1).filter((line) => isAfter(mark, line))
              return [all, instance.endedAt === undefined ? { until: world.now + 1, sequence: world.sequence } : undefined]
            })
          )
        )
  ).pipe(Stream.filter((found) => found.length > 0))

export const read = (cell: Cell, ref: ContainerRef, options: LogOptions): Stream.Stream<string, KubeStatus> =>
  Stream.unwrap(
    Effect.flatMap(cell.present, (world) =>
      Effect.fromResult(
        Result.map(present(world, ref, options), (text): Stream.Stream<string, KubeStatus> => {
          const first = text === "" ? Stream.empty : Stream.succeed(text)
          const id = find(world, ref)?.instance?.id
          return options.follow && !options.previous && id !== undefined
            ? Stream.concat(
                first,
                Stream.map(growing(cell, ref, id, world), (found) => printed(found, options))
              )
            : first
        })
      )
    )
  )
