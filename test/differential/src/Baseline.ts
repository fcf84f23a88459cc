/**
 * `data/unexplained.json`, written by machine: how many steps of each cell differ without a listed reason. It lets the suite be green while the
 * number shrinks; what is counted here is a difference and never agreement.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"

/** By cell: in the whole suite, in the sample. */
const Counts = Schema.Record(Schema.String, Schema.Struct({ whole: Schema.Natural, sample: Schema.Natural }))
export type Counts = typeof Counts.Type

const file = new URL("../data/unexplained.json", import.meta.url).pathname

export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return (yield* fs.exists(file)) ? yield* Schema.decodeEffect(Schema.fromJsonString(Counts))(yield* fs.readFileString(file)) : {}
})

export const write = Effect.fnUntraced(function* (counts: Counts) {
  const fs = yield* FileSystem.FileSystem
  const lines = Object.entries(counts).map(
    ([cell, count]) =>
      `  ${JSON.stringify(cell)}: ${JSON.stringify(count)
        .replaceAll(/([:,{])/g, "$1 ")
        .replace("}", " }")}`
  )
  yield* fs.writeFileString(file, `{\n${lines.join(",\n")}\n}\n`)
})
