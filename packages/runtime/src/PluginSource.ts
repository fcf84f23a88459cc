/** Where a plugin comes from: enough for another thread or process to load the same one. */
import * as Schema from "effect/Schema"

export const PluginSource = Schema.Struct({
  /** The package's name, or a path for a single file. */
  name: Schema.String,
  version: Schema.String,
  /** A `file:` URL of the module that exports `plugin`. */
  url: Schema.String
})
export type PluginSource = typeof PluginSource.Type
