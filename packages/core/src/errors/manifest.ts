import { didYouMean, entry } from "./entry.ts"

/** Where in the document: `spec.faults[0].after`, or nothing at the root. */
type At = { readonly at: string }

const where = (at: string): string => (at === "" ? "the manifest" : `\`${at}\``)

/** Why a pipe, a socket or a device is not read. */
export const notRegular = "it is not a regular file"

export const manifest = {
  MANIFEST_NOT_FOUND: entry<{ readonly file: string }>({
    title: "There is no such file",
    blame: "usage",
    message: (d) => `There is no file ${d.file}.`,
    hint: () => "Paths are relative to the current directory; `aiopslab problems list` shows the problems that can be named without one.",
    example: { file: "problems/mine.yaml" }
  }),
  MANIFEST_IS_DIRECTORY: entry<{ readonly file: string }>({
    title: "A directory stands where a manifest was expected",
    blame: "usage",
    message: (d) => `${d.file} is a directory, not a manifest.`,
    hint: (d) => `Name a file, or all of them: \`${d.file.replace(/\/+$/u, "")}/*.yaml\`.`,
    example: { file: "problems/aiopslab" }
  }),
  MANIFEST_UNREADABLE: entry<{ readonly file: string; readonly why: string }>({
    title: "A manifest could not be read",
    blame: "usage",
    message: (d) => `${d.file} could not be read: ${d.why}.`,
    hint: (d) =>
      d.why === notRegular ? "Name a file on disk: write what comes through a pipe into one first." : "Check the file's permissions.",
    example: { file: "problems/mine.yaml", why: "permission denied" }
  }),
  MANIFEST_TOO_LARGE: entry<{ readonly file?: string; readonly what: string; readonly limit: string }>({
    title: "A manifest is too large",
    blame: "usage",
    message: (d) => `${d.file ?? "The manifest"} has ${d.what}; the limit is ${d.limit}.`,
    hint: () => "Manifests are written by hand: check that this is the right file.",
    example: { file: "problems/mine.yaml", what: "52428800 bytes", limit: "1048576 bytes" }
  }),
  MANIFEST_ENCODING: entry<{ readonly looksLike?: string | undefined }>({
    title: "A manifest is not UTF-8",
    blame: "usage",
    message: (d) => `This line is not valid UTF-8${d.looksLike === undefined ? "" : `; the file looks like ${d.looksLike}`}.`,
    hint: () => "Save the file as UTF-8.",
    example: { looksLike: "UTF-16" }
  }),
  MANIFEST_CONTROL_CHARACTER: entry<{ readonly code: string }>({
    title: "A manifest contains a control character",
    blame: "usage",
    message: (d) => `The control character ${d.code} is not allowed in YAML.`,
    hint: () => "Remove it, or write it as an escape in a double-quoted text.",
    example: { code: "U+0000" }
  }),
  MANIFEST_EMPTY: entry<Record<never, never>>({
    title: "A manifest is empty",
    blame: "usage",
    message: () => "The manifest is empty.",
    hint: () => "Start from an existing one: `aiopslab problems show revoke-auth-mongodb-geo --yaml`.",
    example: {}
  }),
  MANIFEST_TAB: entry<Record<never, never>>({
    title: "A tab is used for indentation",
    blame: "usage",
    message: () => "YAML does not allow tabs for indentation.",
    hint: () => "Indent with spaces.",
    example: {}
  }),
  MANIFEST_SYNTAX: entry<{ readonly why: string }>({
    title: "A manifest is not valid YAML",
    blame: "usage",
    message: (d) => `Not valid YAML: ${d.why}.`,
    hint: () => "Check indentation, quotes and brackets at this place and on the line before.",
    example: { why: "Flow sequence in block collection must be sufficiently indented and end with a ]" }
  }),
  MANIFEST_SEVERAL_DOCUMENTS: entry<Record<never, never>>({
    title: "Several documents in one file",
    blame: "usage",
    message: () => "A second YAML document begins here; a manifest file holds one.",
    hint: () => "Put each manifest into a file of its own and remove the `---` between them.",
    example: {}
  }),
  MANIFEST_TOO_DEEP: entry<{ readonly limit: number }>({
    title: "A manifest is nested too deeply",
    blame: "usage",
    message: (d) => `Nested more than ${d.limit} levels deep.`,
    hint: () => "No manifest needs that: look for brackets that were opened and never closed.",
    example: { limit: 50 }
  }),
  MANIFEST_EXPANDS_TOO_FAR: entry<{ readonly limit: number }>({
    title: "Aliases make a manifest explode",
    blame: "usage",
    message: (d) => `With all its aliases written out the manifest has more than ${d.limit} values.`,
    hint: () => "Aliases of aliases multiply; use fewer of them.",
    example: { limit: 20_000 }
  }),
  MANIFEST_UNKNOWN_ALIAS: entry<{ readonly alias: string; readonly nearest?: string | undefined }>({
    title: "An alias has no anchor",
    blame: "usage",
    message: (d) => `There is no anchor \`&${d.alias}\` before this alias.${didYouMean(d.nearest)}`,
    hint: () => "An anchor (`&name`) has to stand before its aliases (`*name`). Quote the value if it is meant to begin with an asterisk.",
    example: { alias: "geo", nearest: "gco" }
  }),
  MANIFEST_ALIAS_LOOP: entry<{ readonly alias: string }>({
    title: "An alias contains itself",
    blame: "usage",
    message: (d) => `The alias \`*${d.alias}\` stands inside its own anchor.`,
    hint: () => "Move the anchor to a part that does not contain the alias.",
    example: { alias: "faults" }
  }),
  MANIFEST_MERGE: entry<Record<never, never>>({
    title: "A merge key takes mappings only",
    blame: "usage",
    message: () => "`<<` can merge a mapping or a list of mappings only.",
    hint: () => "Write `<<: *name` with the anchor at a mapping.",
    example: {}
  }),
  MANIFEST_KEY: entry<Record<never, never>>({
    title: "A key is not a plain text",
    blame: "usage",
    message: () => "A key has to be a text.",
    hint: () => "Check for a stray `?`, bracket or brace. Templates such as `{{ name }}` have to be quoted.",
    example: {}
  }),
  MANIFEST_DUPLICATE_KEY: entry<{ readonly key: string; readonly line: number }>({
    title: "A key appears twice",
    blame: "usage",
    message: (d) => `The key \`${d.key}\` already stands on line ${d.line}.`,
    hint: () => "Keep one of them.",
    example: { key: "faults", line: 12 }
  }),
  MANIFEST_UNKNOWN_FIELD: entry<
    At & { readonly field: string; readonly known: ReadonlyArray<string>; readonly nearest?: string | undefined }
  >({
    title: "A field is not known",
    blame: "usage",
    message: (d) => `${where(d.at)} has no field \`${d.field}\`.${didYouMean(d.nearest)}`,
    hint: (d) => (d.known.length === 0 ? "It takes no fields." : `Known fields: ${d.known.join(", ")}.`),
    example: { at: "spec", field: "fault", known: ["app", "workload", "faults", "tasks"], nearest: "faults" }
  }),
  MANIFEST_MISSING_FIELD: entry<At & { readonly field: string }>({
    title: "A field is missing",
    blame: "usage",
    message: (d) => `${where(d.at)} needs the field \`${d.field}\`.`,
    hint: (d) => `Add \`${d.field}:\`.`,
    example: { at: "spec.app", field: "use" }
  }),
  MANIFEST_INVALID_VALUE: entry<At & { readonly why: string; readonly got: string; readonly nearest?: string | undefined }>({
    title: "A value does not fit",
    blame: "usage",
    message: (d) => `${where(d.at)}: ${d.why}, got ${d.got}.${didYouMean(d.nearest)}`,
    hint: (d) =>
      d.got === "true" || d.got === "false"
        ? "This is a boolean in YAML; put the value in quotes if a text is meant."
        : "The reference of the manifest lists what each field takes; `aiopslab schema` makes editors check it while you type.",
    example: { at: "spec.faults[0].after", why: "Expected a duration such as 500ms, 60s, 5m or 1h30m", got: '"soon"' }
  }),
  MANIFEST_UNKNOWN_KIND: entry<{ readonly kind: string; readonly nearest?: string | undefined }>({
    title: "Not a kind of manifest",
    blame: "usage",
    message: (d) => `There is no kind \`${d.kind}\`.${didYouMean(d.nearest)}`,
    hint: () => "`kind` is Problem, Suite or Matrix.",
    example: { kind: "Probelm", nearest: "Problem" }
  }),
  MANIFEST_WRONG_KIND: entry<{ readonly kind: string; readonly wanted: string }>({
    title: "Another kind of manifest is wanted here",
    blame: "usage",
    message: (d) => `A ${d.wanted} is wanted here; this manifest is a ${d.kind}.`,
    hint: () => "`run` takes problems and suites, `matrix` takes a matrix.",
    example: { kind: "Matrix", wanted: "Problem" }
  }),
  MANIFEST_MORE_MISTAKES: entry<{ readonly more: number }>({
    title: "There are more mistakes",
    blame: "usage",
    message: (d) => `There are ${d.more} more mistakes.`,
    hint: () => "Mend these first.",
    example: { more: 37 }
  })
}
