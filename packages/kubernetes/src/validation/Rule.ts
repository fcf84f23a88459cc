/**
 * How the checks of a kind are put together: each is a list of rules for creation and one for updates, in the order in which the real
 * server runs them, since that is the order of `details.causes`.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Metadata from "./Metadata.ts"
import * as Names from "./Names.ts"
import type { Report } from "./Report.ts"

/** Reports what is wrong; `previous` is absent on creation. */
export type Rule = (object: KubeObject, previous: KubeObject | undefined, report: Report) => void

export interface Checks {
  readonly create: ReadonlyArray<Rule>
  readonly update: ReadonlyArray<Rule>
  /** Of the status' endpoint. */
  readonly status?: ReadonlyArray<Rule>
}

/** What is wrong with a name, or with the beginning of a generated one. */
export type NameRule = Metadata.NameRule

export const subdomain = Metadata.formatted(Names.subdomain)
export const dnsLabel = Metadata.formatted(Names.dnsLabel)
export const serviceName = Metadata.formatted(Names.serviceName)

export const pathSegment: NameRule = {
  name: Names.explainPathSegment,
  generated: Names.explainPathPrefix
}

/** Metadata of a new object. */
export const named =
  (name: NameRule): Rule =>
  (object, _, report) =>
    Metadata.created(object, name, report)

/** What metadata may become. */
export const changed: Rule = (object, previous, report) => {
  if (previous !== undefined) Metadata.updated(object, previous, report)
}

/** `named` and `changed` of the groups that don't look at a finalizer's domain. */
export const namedPlain =
  (name: NameRule): Rule =>
  (object, _, report) =>
    Metadata.createdPlain(object, name, report)

export const changedPlain: Rule = (object, previous, report) => {
  if (previous !== undefined) Metadata.updatedPlain(object, previous, report)
}

/** An update is checked for what may change alone. */
export const apart = (name: NameRule, create: ReadonlyArray<Rule>, update: ReadonlyArray<Rule>): Checks => ({
  create: [named(name), ...create],
  update: [changed, ...update]
})

/** An update is checked as a new object is, then for what may change. */
export const createThenUpdate = (name: NameRule, create: ReadonlyArray<Rule>, update: ReadonlyArray<Rule> = []): Checks => ({
  create: [named(name), ...create],
  update: [named(name), ...create, changed, ...update]
})

/** An update is checked for what may change, then as a new object is. */
export const updateThenCreate = (name: NameRule, create: ReadonlyArray<Rule>, update: ReadonlyArray<Rule> = []): Checks => ({
  create: [named(name), ...create],
  update: [changed, ...update, named(name), ...create]
})
