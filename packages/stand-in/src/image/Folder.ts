/** What a stand-in image has in it, by path: shims by which the program is called, the behaviour's files, and the Dockerfile. Pure. */
import type { Behaviour } from "@aiopslab/core/Behaviour"

/** It has Node, a shell and the usual tools. */
export const base = "node:24-bookworm-slim"

/** Where the program of all stand-ins lies in an image. */
export const programPath = "/opt/aiopslab/stand-in.js"

export interface File {
  readonly path: string
  readonly text: string
  readonly mode: number
}

/** A name without a slash lies where a shell finds it. */
const placeOf = (name: string): string => (name.startsWith("/") ? name : `/usr/local/bin/${name}`)

/** `$0` is what a caller wrote, and what a behaviour knows its programs by. */
const shim = (behaviour: string, image: string, name: string): string =>
  `#!/bin/sh\nexec /usr/local/bin/node ${programPath} ${behaviour} '${image}' '${name}' "$@"\n`

const namesOf = ({ command: [first], executables, programs = [] }: Behaviour): ReadonlyArray<string> => [
  ...new Set([...(first === undefined ? [] : [first]), ...programs, ...executables])
]

/** `image` as pods name it. */
export const filesOf = (behaviour: Behaviour, image: string): ReadonlyArray<File> => [
  ...Object.entries(behaviour.files).map(([path, text]) => ({ path, text, mode: 0o644 })),
  ...namesOf(behaviour).map((name) => ({ path: placeOf(name), text: shim(behaviour.name, image, name), mode: 0o755 }))
]

const list = (words: ReadonlyArray<string>): string => JSON.stringify(words)

/** The program's layer comes first: all images share it. */
export const dockerfile = ({ command, entrypoint = "first" }: Behaviour): string => {
  const [first, ...rest] = command
  const start =
    entrypoint === "none" || first === undefined
      ? [`ENTRYPOINT []`, `CMD ${list(command)}`]
      : [`ENTRYPOINT ${list([first])}`, `CMD ${list(rest)}`]
  return [`FROM ${base}`, `COPY program/ /opt/aiopslab/`, `COPY root/ /`, "WORKDIR /", ...start, ""].join("\n")
}

/** Of the plane and of its agents on nodes. */
export const planePrograms = { plane: "plane.js", node: "node.js" } as const

export const planeDockerfile = [
  `FROM ${base}`,
  `COPY ${planePrograms.plane} ${planePrograms.node} /opt/aiopslab/`,
  `CMD ${list(["node", `/opt/aiopslab/${planePrograms.plane}`])}`,
  ""
].join("\n")
