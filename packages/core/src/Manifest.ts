/**
 * A manifest with the places of everything in it. Decoding never throws, takes time linear in the text, and reports all mistakes at once:
 * each with file, line, column, the line with a caret, a permanent code and a hint.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Code, type Detail, LabError, labError, type Location } from "./LabError.ts"
import { mistakesOf, type Path } from "./manifest/Mistakes.ts"
import * as Places from "./manifest/Places.ts"
import * as Source from "./manifest/Source.ts"
import * as Syntax from "./manifest/Syntax.ts"
import { Matrix, Suite } from "./Matrix.ts"
import { nearest } from "./Nearest.ts"
import { Problem } from "./Problem.ts"
import { takesNothing } from "./TakesNothing.ts"

export type { Path } from "./manifest/Mistakes.ts"
export { sizeLimit } from "./manifest/Source.ts"

/** All mistakes of a manifest, by their place in the text; never empty. */
export class ManifestInvalid extends Schema.TaggedError<ManifestInvalid>()("ManifestInvalid", {
  errors: Schema.NonEmptyArray(LabError)
}) {
  override get message(): string {
    return this.errors.map((error) => `${error.message}\n${error.hint}`).join("\n\n")
  }
}

export type Content = Problem | Suite | Matrix

/** What a file says and where, whether or not it makes a manifest. */
export interface Text {
  readonly file: string
  /** The value at a path as it stands in the text, aliases and merge keys resolved; undefined when there is none. */
  readonly value: (path: Path) => unknown
  /** Where a path stands: its key or its value; of the nearest part that exists when it doesn't. None for a manifest without text. */
  readonly locate: (path: Path, at?: "key" | "value") => Location | undefined
}

export interface Manifest<A extends Content = Content> extends Text {
  readonly content: A
}

/** Mistakes that the shape of a manifest does not show, as `Plan.mistakesIn` finds them. */
export type Look = (text: Text) => ReadonlyArray<LabError>

/** More mistakes than this are only counted. */
const shown = 50

const byPlace = (a: LabError, b: LabError): number =>
  (a.location?.line ?? 0) - (b.location?.line ?? 0) || (a.location?.column ?? 0) - (b.location?.column ?? 0)

/** The errors as one, by their place. */
export const invalid = (errors: ReadonlyArray<LabError>): ManifestInvalid => {
  const sorted = errors.toSorted(byPlace)
  const [first = labError("MANIFEST_EMPTY", {}), ...others] = sorted.slice(0, shown)
  const more = sorted.length > shown ? [labError("MANIFEST_MORE_MISTAKES", { more: sorted.length - shown })] : []
  return new ManifestInvalid({ errors: [first, ...others, ...more] })
}

/** An error at a path of a manifest. */
export const mistake = <C extends Code>(text: Text, path: Path, code: C, detail: Detail<C>, at: "key" | "value" = "value"): LabError =>
  labError(code, detail, text.locate(path, at))

const kinds = ["Problem", "Suite", "Matrix"]

const decodeWith = <A, E>(schema: Schema.Codec<A, E>) => Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })

type Decode = (value: unknown) => Result.Result<Content, Schema.SchemaError>

const contents: { readonly [K in Content["kind"]]: Decode } = {
  Problem: decodeWith(Problem),
  Suite: decodeWith(Suite),
  Matrix: decodeWith(Matrix)
}
const headers = decodeWith(
  Schema.StructWithRest(Schema.Struct({ apiVersion: Problem.fields.apiVersion, kind: Schema.String }), [
    Schema.Record(Schema.String, Schema.Unknown)
  ])
)

const isKind = (kind: unknown): kind is keyof typeof contents => typeof kind === "string" && Object.hasOwn(contents, kind)

const textOf = (source: Source.Source, root: Places.Place): Text => ({
  file: source.file,
  value: (path) => {
    const { place, whole } = Places.find(root, path)
    return whole ? place.value : undefined
  },
  locate: (path, at = "value") => {
    const { place, whole } = Places.find(root, path)
    return source.locate(at === "key" || !whole ? (place.key ?? place.span) : place.span)
  }
})

interface Parsed {
  readonly text: Text
  readonly duplicates: ReadonlyArray<LabError>
}

const parse = (file: string, input: Uint8Array | string): Result.Result<Parsed, ReadonlyArray<LabError>> => {
  const source = Source.read(file, input)
  if (Result.isFailure(source)) return Result.fail([source.failure])
  const document = Syntax.parse(source.success)
  if (Result.isFailure(document)) return Result.fail(document.failure)
  return Result.map(Places.locate(source.success, document.success), ({ duplicates, root }) => ({
    text: textOf(source.success, root),
    duplicates
  }))
}

const unknownKind = (text: Text): ReadonlyArray<LabError> => {
  const header = headers(text.value([]))
  if (Result.isFailure(header)) return mistakesOf(header.failure.issue, { path: [], ...text })
  const { kind } = header.success
  return [labError("MANIFEST_UNKNOWN_KIND", { kind, nearest: nearest(kind, kinds) }, text.locate(["kind"]))]
}

const interpret = (text: Text): Result.Result<Manifest, ReadonlyArray<LabError>> => {
  const kind = text.value(["kind"])
  if (!isKind(kind)) return Result.fail(unknownKind(text))
  const decoded = contents[kind](text.value([]))
  return Result.isSuccess(decoded)
    ? Result.succeed({ ...text, content: decoded.success })
    : Result.fail(mistakesOf(decoded.failure.issue, { path: [], ...text }))
}

/**
 * The manifest in a file's bytes (or text, for tests and editors). `file` is only named in messages. A text that is no manifest is looked
 * at, too, so that what `look` finds is told together with the rest.
 */
export const decode = (file: string, input: Uint8Array | string, look: Look = () => []): Effect.Effect<Manifest, ManifestInvalid> =>
  Effect.suspend(() => {
    const parsed = parse(file, input)
    if (Result.isFailure(parsed)) return Effect.fail(invalid(parsed.failure))
    const { duplicates, text } = parsed.success
    const read = interpret(text)
    if (Result.isSuccess(read) && duplicates.length === 0) return Effect.succeed(read.success)
    return Effect.fail(invalid([...duplicates, ...(Result.isFailure(read) ? read.failure : []), ...look(text)]))
  })

const expect =
  <K extends Content["kind"]>(kind: K) =>
  (file: string, input: Uint8Array | string, look?: Look) =>
    decode(file, input, look).pipe(Effect.flatMap((manifest) => narrow(manifest, kind)))

/** The manifest if it is of this kind, else MANIFEST_WRONG_KIND. */
export const narrow = <K extends Content["kind"]>(
  manifest: Manifest,
  kind: K
): Effect.Effect<Manifest<Extract<Content, { readonly kind: K }>>, ManifestInvalid> => {
  const { content } = manifest
  const isWanted = (each: Content): each is Extract<Content, { readonly kind: K }> => each.kind === kind
  return isWanted(content)
    ? Effect.succeed({ ...manifest, content })
    : Effect.fail(invalid([mistake(manifest, ["kind"], "MANIFEST_WRONG_KIND", { kind: content.kind, wanted: kind })]))
}

export const decodeProblem = expect("Problem")
export const decodeSuite = expect("Suite")
export const decodeMatrix = expect("Matrix")

const within = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => {
    if (typeof at !== "object" || at === null) return undefined
    return Object.entries(at).find(([key]) => key === String(step))?.[1]
  }, value)

/** A problem that came without its text, as in a `TrialSpec`: mistakes have no place. */
export const ofProblem = (file: string, content: Problem): Manifest<Problem> => {
  const encoded = Schema.encodeUnknownResult(Problem)(content)
  const whole = Result.isSuccess(encoded) ? encoded.success : content
  return { file, content, value: (path) => within(whole, path), locate: () => undefined }
}

/**
 * What a component's schema makes of the value at a path; a value that isn't there counts as an empty mapping, so that `with` may be left
 * out where all its fields may. `omit` names fields that somebody else reads.
 */
export const decodeAt = <A, E>(
  text: Text,
  path: Path,
  schema: Schema.Codec<A, E>,
  omit: ReadonlyArray<string> = []
): Result.Result<A, ReadonlyArray<LabError>> => {
  const value = text.value(path) ?? {}
  const own =
    typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !omit.includes(key)))
      : value
  const fields = typeof own === "object" && !Array.isArray(own) ? Object.keys(own) : []
  if (takesNothing(schema) && fields.length > 0) {
    return Result.fail(
      fields.map((field) => mistake(text, [...path, field], "MANIFEST_UNKNOWN_FIELD", { at: path.join("."), field, known: [] }, "key"))
    )
  }
  const subject = { path, value: (below: Path) => text.value([...path, ...below]), locate: text.locate }
  return decodeWith(schema)(own).pipe(Result.mapError((error) => mistakesOf(error.issue, subject)))
}
