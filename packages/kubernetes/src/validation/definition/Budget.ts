/** What the rules of a schema may cost by the server's estimate (apiextensions-apiserver `pkg/apis/apiextensions/validation`). */
import type { Estimated } from "../../cel/estimate/Estimate.ts"
import * as Sizes from "../../cel/estimate/Size.ts"
import type { JsonRecord } from "../../Json.ts"
import { isRecord } from "../../Json.ts"
import type { Report } from "../Report.ts"
import { largest, limit } from "./Declaration.ts"

const perExpression = 10_000_000
const perSchema = 100_000_000

/** As many of the dearest rules are named. */
const named = 4

const hint = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"

/** Go rounds what lies in the middle to the even digit. */
const toTenth = (factor: number): string => (factor % 0.5 === 0.25 ? (2 * Math.round(factor * 5)) / 10 : factor).toFixed(1)

const exceeding = (what: string, cost: number, limit: number): string => {
  const factor = cost / limit
  const shown = factor > 100 ? "more than 100" : factor < 1.5 ? factor.toFixed(6) : toTenth(factor)
  return `${what} exceeds budget by factor of ${shown}x ${hint}`
}

/** How often a value may stand in an object; `undefined`: as often as fits. */
export type Occurrences = number | undefined

const within = (schema: JsonRecord): Occurrences => {
  if (schema["type"] === "array") return limit(schema, "maxItems")
  const { additionalProperties } = schema
  const isMap = schema["type"] === "object" && (isRecord(additionalProperties) || typeof additionalProperties === "boolean")
  return isMap ? limit(schema, "maxProperties") : 1
}

/** Of the values within those of a schema. */
export const occurrencesWithin = (schema: JsonRecord, own: Occurrences): Occurrences => {
  const each = within(schema)
  return own === undefined || each === undefined ? undefined : Sizes.times(own, each)
}

/** Adds up what all rules of one schema cost. */
export class Budget {
  #total = 0
  readonly #dear: Array<{ readonly path: string; readonly cost: number }> = []

  #count(path: string, cost: number, what: string, report: Report): void {
    if (cost > perExpression) report.forbidden(path, exceeding(what, cost, perExpression))
    this.#total = Sizes.plus(this.#total, cost)
    if (cost < perSchema / 100) return
    this.#dear.push({ path, cost })
    this.#dear.sort((a, b) => b.cost - a.cost)
    this.#dear.splice(named)
  }

  /** `bytes`: the fewest of one value, by which it is told how many fit into a request. */
  rule(path: string, { cost }: Estimated, occurrences: Occurrences, bytes: number, report: Report): void {
    this.#count(path, Sizes.times(cost, occurrences ?? Math.floor(largest / (bytes + 1))), "estimated rule cost", report)
  }

  message(path: string, { cost }: Estimated, report: Report): void {
    this.#count(path, cost, "estimated messageExpression cost", report)
  }

  whole(path: string, report: Report): void {
    if (this.#total <= perSchema) return
    for (const one of this.#dear) {
      report.forbidden(one.path, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema")
    }
    report.forbidden(
      path,
      exceeding("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", this.#total, perSchema)
    )
  }
}
