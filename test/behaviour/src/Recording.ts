/** What Kind did in a situation, each time it was asked: `situations/NAME.recorded.json` beside `situations/NAME.yaml`. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"

const Lines = Schema.Array(Schema.String)

const Story = Schema.Struct({
  pods: Schema.Array(Schema.Struct({ of: Schema.String, moments: Schema.Array(Lines) })),
  events: Lines,
  ends: Schema.Record(Schema.String, Lines)
})

/** How a recording came to be: the generator, the kit's checksum, the server's version. */
export const Provenance = Schema.Struct({ by: Schema.String, kit: Schema.String, server: Schema.String })

/** That of a recording made now. */
export const provenance = Effect.fnUntraced(function* (by: string, server: string) {
  const fs = yield* FileSystem.FileSystem
  const kit = yield* Config.String("AIOPSLAB_KIND_KIT").pipe(
    Config.withDefault(new URL("../../../../shared/kind-kit", import.meta.url).pathname)
  )
  const sums = yield* fs.readFileString(`${kit}/SHA256SUMS`)
  return { by, kit: sums.slice(0, 16), server } satisfies typeof Provenance.Type
})

export const Recording = Schema.Struct({
  recorded: Provenance,
  runs: Schema.Array(Story)
})
export type Recording = typeof Recording.Type

export const folder = new URL("../situations/", import.meta.url).pathname

const fileOf = (name: string): string => `${folder}${name}.recorded.json`

const namesOf = (ending: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(fs.readDirectory(folder), (files) =>
      files
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
        .sort()
    )
  )

/** Names of all situations, in order. */
export const names = namesOf(".yaml")

/** Names of those that were played on Kind. */
export const recorded = namesOf(".recorded.json")

export const source = (name: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${folder}${name}.yaml`))

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Recording))

export const load = (name: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.flatMap(fs.readFileString(fileOf(name)), decode))

export const save = (name: string, recording: Recording) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(fileOf(name), `${JSON.stringify(recording, null, 1)}\n`))
