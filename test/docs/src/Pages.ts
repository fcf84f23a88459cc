/** The generated pages of `docs/reference`, as they have to be. */
import { markdown as errors } from "@aiopslab/core/ErrorReference"
import { fileURLToPath } from "node:url"
import { commandLine } from "./CommandLine.ts"
import { components } from "./Components.ts"
import { events } from "./Events.ts"

export const folder: string = fileURLToPath(new URL("../../../docs/reference/", import.meta.url))

export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  "components.md": components,
  "events.md": events,
  "cli.md": commandLine,
  "errors.md": () => errors
}
