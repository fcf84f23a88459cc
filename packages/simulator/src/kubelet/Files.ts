/** What a container sees under a path: a mounted volume, else its own layer, else the image. */
import type { Container, Mount } from "../Container.ts"
import type { Volume, World } from "../World.ts"
import { emptyVolume } from "../World.ts"

type Place =
  | { readonly _tag: "Layer"; readonly path: string }
  | { readonly _tag: "Volume"; readonly key: string; readonly path: string; readonly writable: "yes" | "no" }
  | { readonly _tag: "ReadOnly"; readonly files: Readonly<Record<string, string>>; readonly path: string }

/** The mount that a path is under (the longest wins), and the rest of the path without a leading slash. */
const under = (mounts: ReadonlyArray<Mount>, path: string): readonly [Mount, string] | undefined => {
  let best: Mount | undefined
  for (const mount of mounts) {
    if ((path === mount.path || path.startsWith(`${mount.path}/`)) && (best === undefined || mount.path.length > best.path.length))
      best = mount
  }
  return best === undefined ? undefined : [best, path.slice(best.path.length + 1)]
}

const joined = (subPath: string, rest: string): string => (subPath === "" ? rest : rest === "" ? subPath : `${subPath}/${rest}`)

const placeOf = (container: Container, path: string): Place => {
  const found = under(container.mounts, path)
  if (found === undefined) return { _tag: "Layer", path }
  const [{ source }, rest] = found
  return source._tag === "Volume"
    ? { _tag: "Volume", key: source.volume, path: joined(source.subPath, rest), writable: source.writable }
    : { _tag: "ReadOnly", files: source.files, path: rest }
}

/** Whether nothing but the container's own layer is there. */
export const isOwn = (container: Container, path: string): boolean => {
  const directory = path.replace(/\/+$/u, "")
  return placeOf(container, path)._tag === "Layer" && !container.mounts.some((mount) => mount.path.startsWith(`${directory}/`))
}

/** Under a read-only root, devices and what the kubelet puts there can be written nevertheless. */
export const isReadOnly = (container: Container, path: string): boolean => {
  const place = placeOf(container, path)
  switch (place._tag) {
    case "Layer":
      return container.lockedExcept !== undefined && !path.startsWith("/dev/") && !container.lockedExcept.includes(path)
    case "Volume":
      return place.writable === "no"
    case "ReadOnly":
      return true
  }
}

type Volumes = Pick<World, "volumes">

const volumeOf = (world: Volumes, key: string): Volume => world.volumes[key] ?? emptyVolume

export const read = (world: World, container: Container, path: string): string | undefined => {
  const place = placeOf(container, path)
  switch (place._tag) {
    case "Layer":
      return path in container.files ? container.files[path] : container.behaviour?.files[path]
    case "Volume":
      return volumeOf(world, place.key).files[place.path]
    case "ReadOnly":
      return place.files[place.path]
  }
}

export const data = (world: World, container: Container, path: string): unknown => {
  const place = placeOf(container, path)
  return place._tag === "Volume" ? volumeOf(world, place.key).data[place.path] : container.data[path]
}

/** What a write changes; `text` undefined removes the file. Writes to where none can be change nothing. */
export interface Written {
  readonly container: Container
  readonly volumes: World["volumes"]
}

export const write = (world: World, container: Container, path: string, text: string | undefined): Written => {
  if (isReadOnly(container, path)) return { container, volumes: world.volumes }
  const place = placeOf(container, path)
  switch (place._tag) {
    case "Layer":
      return { container: { ...container, files: { ...container.files, [path]: text } }, volumes: world.volumes }
    case "Volume": {
      const volume = volumeOf(world, place.key)
      return { container, volumes: { ...world.volumes, [place.key]: { ...volume, files: { ...volume.files, [place.path]: text } } } }
    }
    case "ReadOnly":
      return { container, volumes: world.volumes }
  }
}

export const save = (world: World, container: Container, path: string, value: unknown): Written => {
  const place = placeOf(container, path)
  if (place._tag !== "Volume") return { container: { ...container, data: { ...container.data, [path]: value } }, volumes: world.volumes }
  const volume = volumeOf(world, place.key)
  return { container, volumes: { ...world.volumes, [place.key]: { ...volume, data: { ...volume.data, [place.path]: value } } } }
}

export type Texts = Readonly<Record<string, string | undefined>>

/** Without working out what is worked out when it is read: that is always there. */
const isThere = (files: Texts, path: string): boolean =>
  Object.getOwnPropertyDescriptor(files, path)?.get !== undefined || files[path] !== undefined

/** Where the text is of every file that a container sees, by absolute path. */
const places = (world: Volumes, container: Container): ReadonlyMap<string, readonly [files: Texts, path: string]> => {
  const out = new Map<string, readonly [Texts, string]>()
  const assign = (files: Texts, seenAs: (path: string) => string | undefined): void => {
    for (const path of Object.keys(files)) {
      const seen = seenAs(path)
      if (seen !== undefined && isThere(files, path)) out.set(seen, [files, path])
    }
  }
  assign(container.behaviour?.files ?? {}, (path) => path)
  for (const path in container.files) if (container.files[path] === undefined) out.delete(path)
  assign(container.files, (path) => path)
  for (const { path: mount, source } of container.mounts) {
    const { files, subPath } =
      source._tag === "Volume"
        ? { files: volumeOf(world, source.volume).files, subPath: source.subPath }
        : { files: source.files, subPath: "" }
    const below = (path: string): string => (path === "" ? mount : `${mount}/${path}`)
    assign(files, (path) => {
      if (subPath === "" || path === subPath) return below(path.slice(subPath.length))
      return path.startsWith(`${subPath}/`) ? below(path.slice(subPath.length + 1)) : undefined
    })
  }
  return out
}

/** Every file that a container sees, by absolute path. */
export const all = (world: Volumes, container: Container): Readonly<Record<string, string>> =>
  Object.fromEntries([...places(world, container)].map(([path, [files, own]]) => [path, files[own] ?? ""]))

/** A file's new text; nothing of a text: it is gone. */
export type Change = readonly [path: string, text: string | undefined]

/** From the files that were there to those that are. */
export const differences = (had: Texts, has: Texts): ReadonlyArray<Change> =>
  [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((path) => (had[path] === has[path] ? [] : [[path, has[path]] as const]))

/** A container with what is in its volumes. */
export interface Seen extends Volumes {
  readonly container: Container
}

/** Whether nothing has happened to the container's files, by what they come from. */
export const isUnchanged = (before: Seen, now: Seen): boolean =>
  before.container.files === now.container.files &&
  before.container.behaviour === now.container.behaviour &&
  before.container.mounts === now.container.mounts &&
  (before.volumes === now.volumes ||
    now.container.mounts.every(
      ({ source }) => source._tag !== "Volume" || volumeOf(before, source.volume).files === volumeOf(now, source.volume).files
    ))

/** What happened to the container's files; they are listed only when something may have. */
export const changes = (before: Seen, now: Seen): ReadonlyArray<Change> =>
  isUnchanged(before, now) ? [] : differences(all(before, before.container), all(now, now.container))

/** The names directly in a directory, sorted. */
export const list = (world: World, container: Container, directory: string): ReadonlyArray<string> => {
  const prefix = `${directory.replace(/\/+$/u, "")}/`
  const names = new Set<string>()
  for (const path of places(world, container).keys()) if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split("/")[0] ?? "")
  return [...names].sort()
}
