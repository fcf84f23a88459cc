/** Errors for people and for programs. Files are named from where the person stands. */
import { LabError } from "@aiopslab/core/LabError"
import * as path from "node:path"

/** Relative where that is shorter to read: below the current directory. */
export const fromHere = (file: string): string => {
  const relative = path.relative("", file)
  return relative === "" || relative.startsWith("..") ? file : relative
}

const near = (error: LabError): LabError => {
  const { blame, code, hint, location, text, title } = error
  return location === undefined
    ? error
    : new LabError({ blame, code, hint, text, title, location: { ...location, file: fromHere(location.file) } })
}

/** Where, what, the line with a caret, and what to do. */
export const errorText = (error: LabError): string => `${near(error).message}\n${error.hint}`

export const errorJson = (error: LabError) => {
  const { code, hint, location, text } = near(error)
  return { code, message: text, hint, ...(location === undefined ? {} : { location }) }
}
