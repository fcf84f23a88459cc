/**
 * npm leaves a package for another platform out of the lockfile where the registry it asked doesn't have it, and
 * `npm ci` then refuses the lockfile. Everything `npm ci` wants to see follows from the name, which is in the lockfile.
 */
interface Entry {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: ReadonlyArray<string>
  readonly cpu?: ReadonlyArray<string>
  readonly libc?: ReadonlyArray<string>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Entry>>
}

const systems: Readonly<Record<string, string>> = { windows: "win32" }
const knownSystems = new Set(["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"])
const processors: Readonly<Record<string, string>> = { "64": "x64" }
const knownProcessors = new Set(["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"])
const libraries: Readonly<Record<string, string>> = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" }

interface Platform {
  readonly os: ReadonlyArray<string>
  readonly cpu: ReadonlyArray<string>
  readonly libc?: ReadonlyArray<string>
}

/** `@oxlint/binding-linux-x64-musl`: linux, x64, musl. No platform in the name: undefined. */
export const platformOf = (name: string): Platform | undefined => {
  const words = (name.split("/").at(-1) ?? "").split("-")
  const os = words.map((word) => systems[word] ?? word).find((word) => knownSystems.has(word))
  const cpu = words.map((word) => processors[word] ?? word).find((word) => knownProcessors.has(word))
  // the bindings for 32-bit ARM name no libc in their own package.json
  const libc = cpu === "arm" ? undefined : words.map((word) => libraries[word]).find((word) => word !== undefined)
  if (os === undefined || cpu === undefined) return undefined
  return { os: [os], cpu: [cpu], ...(os !== "linux" || libc === undefined ? {} : { libc: [libc] }) }
}

/** The folders in which Node looks for a dependency of the package at `path`, nearest first. */
const lookups = (path: string): ReadonlyArray<string> => {
  if (path === "") return [""]
  const outer = path.lastIndexOf("/node_modules/")
  return [`${path}/`, ...lookups(outer === -1 ? "" : path.slice(0, outer))]
}

const isPresent = (lockfile: Lockfile, path: string, name: string, version: string): boolean => {
  const found = lookups(path)
    .map((folder) => lockfile.packages[`${folder}node_modules/${name}`])
    .find((entry) => entry !== undefined)
  return found?.version === version
}

const exact = /^\d+\.\d+\.\d+/

/** The same lockfile with an entry for every optional package of another platform that was left out. */
export const mend = <L extends Lockfile>(lockfile: L): L => {
  const added = Object.entries(lockfile.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]): ReadonlyArray<readonly [string, Entry]> => {
      const platform = platformOf(name)
      if (platform === undefined || !exact.test(version) || isPresent(lockfile, path, name, version)) return []
      const { cpu, libc, os } = platform
      return [
        [
          `${path.slice(0, path.lastIndexOf("node_modules/"))}node_modules/${name}`,
          {
            version,
            cpu,
            ...(entry.dev === true ? { dev: true } : {}),
            ...(libc === undefined ? {} : { libc }),
            optional: true,
            os
          }
        ]
      ]
    })
  )
  if (added.length === 0) return lockfile
  const byPath = ([left]: readonly [string, Entry], [right]: readonly [string, Entry]): number => left.localeCompare(right, "en")
  return { ...lockfile, packages: Object.fromEntries([...Object.entries(lockfile.packages), ...added].sort(byPath)) }
}

/** Packages whose download address got into the lockfile; a link to a workspace is no address. */
export const addressed = (lockfile: Lockfile): ReadonlyArray<string> =>
  Object.entries(lockfile.packages)
    .filter(([, { link, resolved }]) => resolved !== undefined && link !== true)
    .map(([path]) => path)
