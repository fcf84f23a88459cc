/** Paths inside volumes. */
import type { Check } from "./Check.ts"
import { child, text } from "./Check.ts"
import type { Report } from "./Report.ts"

export const isAscending = (path: string): boolean => path.split("/").includes("..")

export const noBacksteps = (path: string, field: string, report: Report): void => {
  if (isAscending(path)) report.invalid(field, path, "must not contain '..'")
}

export const descending = (path: string, field: string, report: Report): void => {
  if (path.startsWith("/")) report.invalid(field, path, "must be a relative path")
  noBacksteps(path, field, report)
}

/** A relative path outside the names that the kubelet keeps for itself. */
export const notReserved = (path: string, field: string, report: Report): void => {
  descending(path, field, report)
  if (path.startsWith("..") && !path.startsWith("../")) report.invalid(field, path, "must not start with '..'")
}

export const localPath =
  (key: string): Check =>
  (value, path, report) =>
    notReserved(text(value, key), child(path, key), report)
