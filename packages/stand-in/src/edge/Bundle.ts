/** A program with all that it imports as one file, so that an image needs no packages. */
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** In the repository the sources are bundled, elsewhere what was built. */
const conditions = import.meta.url.endsWith(".ts") ? ["@aiopslab/source"] : []

const entry = "aiopslab:entry"

/** WebAssembly, mostly. */
const besideItself = /new URL\(\s*["']([^"']+\.\w+)["']\s*,\s*import\.meta\.url\s*\)/gu

/** `from` is a folder from which the source's imports can be found. The bundler is loaded here, for it takes its time. */
export const write = (source: string, from: string, file: string): Effect.Effect<void, LabError> =>
  Effect.tryPromise({
    try: () =>
      import("rolldown").then(({ rolldown }) =>
        rolldown({
          input: entry,
          platform: "node",
          resolve: { conditionNames: [...conditions, "import", "node", "default"] },
          logLevel: "silent",
          plugins: [
            {
              name: "entry",
              resolveId(id, importer) {
                if (id === entry) return entry
                // our own modules from here, for plugins may lie elsewhere
                const own = id.startsWith("@aiopslab/stand-in/")
                return importer === entry ? this.resolve(id, own ? import.meta.filename : join(from, "package.json")) : undefined
              },
              load: (id) => (id === entry ? source : undefined)
            },
            {
              name: "files that modules read from beside themselves",
              transform(code, id) {
                for (const [, name = ""] of code.matchAll(besideItself)) {
                  const file = join(dirname(id), name)
                  if (existsSync(file)) this.emitFile({ type: "asset", fileName: basename(name), source: readFileSync(file) })
                }
              }
            }
          ]
        }).then((bundle) => bundle.write({ file, format: "esm", minify: true, codeSplitting: false }))
      ),
    catch: (error) =>
      labError("CLUSTER_IMAGE_FAILED", { image: "of the stand-in", why: error instanceof Error ? error.message : String(error) })
  }).pipe(Effect.asVoid)
