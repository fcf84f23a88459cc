import * as Schema from "effect/Schema"

const Credentials = Schema.Struct({ user: Schema.String, password: Schema.String, database: Schema.String })

export const Role = Schema.Struct({ role: Schema.String, db: Schema.String })
export type Role = typeof Role.Type

/** Whom the fault hits, and all that its undoing needs. */
export const Plan = Schema.Struct({
  namespace: Schema.String,
  /** The pod label that holds a service's name. */
  label: Schema.String,
  store: Schema.Struct({ workload: Schema.String, container: Schema.String }),
  administrator: Credentials,
  /** The administrator's id: another one means that the store lost its data and began anew. */
  administratorId: Schema.String,
  user: Credentials,
  roles: Schema.Array(Role),
  /** Label values of the services that log in as this user. */
  dependants: Schema.Array(Schema.String),
  /** Pods of the dependants when the fault was planned: they logged in before and notice nothing. */
  podsBefore: Schema.Array(Schema.String)
})
export type Plan = typeof Plan.Type
