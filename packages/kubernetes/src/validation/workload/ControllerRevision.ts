/** ControllerRevisions: the history of DaemonSets and StatefulSets. */
import { equal } from "../../Equal.ts"
import { isRecord } from "../../Json.ts"
import { notNegative } from "../Check.ts"
import type { Checks, Rule } from "../Rule.ts"
import { subdomain, updateThenCreate } from "../Rule.ts"

const revision: Rule = (object, _, report) => notNegative("revision")(object, "", report)

const data: Rule = (object, _, report) => {
  if (object["data"] === undefined || object["data"] === null) report.required("data", "data is mandatory")
  else if (!isRecord(object["data"])) report.required("data", "data must be a valid JSON object")
}

const immutable: Rule = (object, previous, report) => {
  if (!equal(object["data"], previous?.["data"])) report.invalid("data", object["data"], "field is immutable")
}

const { create, update } = updateThenCreate(subdomain, [revision])

export const controllerRevisions: Checks = { create: [...create, data], update: [...update, immutable] }
