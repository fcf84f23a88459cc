/** The source that a bundle begins with: the plugins whose behaviours and topologies the images have, and one of the programs. Pure. */

const imports = (packages: ReadonlyArray<string>): string =>
  packages.map((name, i) => `import { plugin as plugin${i} } from ${JSON.stringify(name)}\n`).join("")

const list = (packages: ReadonlyArray<string>): string => `[${packages.map((_, i) => `plugin${i}`).join(", ")}]`

/** Called with a behaviour's name, an image's name and the argv. */
export const standIn = (packages: ReadonlyArray<string>): string =>
  `${imports(packages)}import { main } from "@aiopslab/stand-in/edge/Main"\n` +
  `const [behaviour, image, ...argv] = process.argv.slice(2)\nmain(${list(packages)}, behaviour, image, argv)\n`

export const plane = (packages: ReadonlyArray<string>): string =>
  `${imports(packages)}import { main } from "@aiopslab/stand-in/edge/PlaneMain"\nmain(${list(packages)})\n`

/** It plays nothing, so it knows no plugin. */
export const node = `import { main } from "@aiopslab/stand-in/edge/NodeMain"\nmain()\n`
