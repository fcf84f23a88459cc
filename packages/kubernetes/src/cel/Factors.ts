/**
 * By what the costs of expressions go, both while they run and as they are estimated (cel-go `common/cost.go`, apiserver
 * `pkg/cel/library/cost.go`).
 */

/** A new list and a new map. */
export const newList = 10
export const newMap = 30

/** Characters that are read for one. */
export const textFactor = 0.1
export const patternFactor = 0.25

/** Functions that go through all items of a list, or through a text. */
export const traversing: ReadonlySet<string> = new Set(["isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"])

/** Functions that read a text and give one that is no longer. */
export const rewriting: ReadonlySet<string> = new Set(["url", "lowerAscii", "upperAscii", "substring", "trim"])

/** Functions that read a text and give something else. */
export const parsing: ReadonlySet<string> = new Set(["cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"])
