/** What the query of a write says about how to write, and the refusal of what it can't say. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import * as Author from "../apply/Author.ts"
import * as GoText from "../apply/GoText.ts"
import type { WriteContext } from "../Host.ts"
import type * as Status from "../Status.ts"
import { flag, query, queryAll } from "./Route.ts"

export interface WriteOptions {
  /** As managedFields name the writer. */
  readonly manager: string
  readonly onConflict: "refuse" | "force"
  readonly isDry: boolean
}

export const isApply = ({ contentType }: KubeRequest): boolean => contentType?.split(";")[0]?.trim() === patchTypes.apply

const quote = (text: string): string => JSON.stringify(text)

const codePoint = (character: string): string => {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
  return /^\p{C}|^\p{Z}/u.test(character) ? code : `${code} '${character}'`
}

/** What is wrong with a manager's name, at a field. */
export const nameCauses = (name: string, field: string): ReadonlyArray<Status.Cause> => [
  ...(Buffer.byteLength(name) > Author.maxLength
    ? [{ reason: "FieldValueTooLong", message: `Too long: may not be more than ${Author.maxLength} bytes`, field } as const]
    : []),
  ...Author.unprintable(name).map(
    ([character, at]) =>
      ({
        reason: "FieldValueInvalid",
        message: `Invalid value: ${GoText.quoted(name)}: invalid character ${codePoint(character)} (at position ${at})`,
        field
      }) as const
  )
]

const validations: ReadonlyArray<string> = ["", "Ignore", "Strict", "Warn"]

/** What is wrong with the options of a request; `kind` is `CreateOptions` and so on. */
export const causes = (request: KubeRequest, kind: string): ReadonlyArray<Status.Cause> => {
  const manager = query(request, "fieldManager") ?? ""
  const dryRun = queryAll(request, "dryRun").filter((value) => value !== "")
  const validation = query(request, "fieldValidation") ?? ""
  const out: Array<Status.Cause> = []
  if (kind === "PatchOptions" && isApply(request)) {
    if (manager === "") {
      out.push({ reason: "FieldValueRequired", message: "Required value: is required for apply patch", field: "fieldManager" })
    }
  } else if (kind === "PatchOptions" && query(request, "force") !== undefined) {
    out.push({ reason: "FieldValueForbidden", message: "Forbidden: may not be specified for non-apply patch", field: "force" })
  }
  out.push(...nameCauses(manager, "fieldManager"))
  if (dryRun.some((value) => value !== "All")) {
    const message = `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`
    out.push({ reason: "FieldValueNotSupported", message, field: "dryRun" })
  }
  if (!validations.includes(validation)) {
    const message = `Unsupported value: ${quote(validation)}: supported values: ${validations.map(quote).join(", ")}`
    out.push({ reason: "FieldValueNotSupported", message, field: "fieldValidation" })
  }
  return out
}

/** Of a request whose options are valid. */
export const read = (request: KubeRequest): WriteOptions => {
  const named = query(request, "fieldManager") ?? ""
  const manager = named === "" ? Author.ofUserAgent(request.userAgent ?? "") : named
  return {
    manager: manager === "" ? Author.unknown : manager,
    onConflict: flag(request, "force") ? "force" : "refuse",
    isDry: queryAll(request, "dryRun").includes("All")
  }
}

/** The context of a write by the request's manager. */
export const by = (context: WriteContext, { isDry, manager }: WriteOptions): WriteContext => ({ ...context, manager, isDry })
