/** What a mongod keeps on disk: one immutable value, so that a snapshot is free and an unchanged part is shared. */
import type { Document } from "./Value.ts"

export interface RoleName {
  readonly role: string
  readonly db: string
}

export interface User {
  readonly user: string
  /** The database that the user authenticates against. */
  readonly db: string
  readonly password: string
  readonly roles: ReadonlyArray<RoleName>
  readonly uuid: string
  readonly customData?: Document
}

export interface Privilege {
  readonly resource: { readonly db: string; readonly collection: string } | { readonly cluster: true } | { readonly anyResource: true }
  readonly actions: ReadonlyArray<string>
}

export interface Role {
  readonly role: string
  readonly db: string
  readonly privileges: ReadonlyArray<Privilege>
  readonly roles: ReadonlyArray<RoleName>
}

export interface Index {
  readonly key: Document
  readonly name: string
  readonly unique: boolean
}

export interface Collection {
  readonly documents: ReadonlyArray<Document>
  readonly indexes: ReadonlyArray<Index>
}

export interface Data {
  /** By `db.user`, in order of creation. */
  readonly users: ReadonlyMap<string, User>
  readonly roles: ReadonlyMap<string, Role>
  readonly databases: ReadonlyMap<string, ReadonlyMap<string, Collection>>
}

export const empty: Data = { users: new Map(), roles: new Map(), databases: new Map() }

export const userKey = (db: string, user: string): string => `${db}.${user}`

const set = <V>(map: ReadonlyMap<string, V>, key: string, value: V | undefined): ReadonlyMap<string, V> => {
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}

export const withUser = (data: Data, key: string, user: User | undefined): Data => ({ ...data, users: set(data.users, key, user) })

export const withRole = (data: Data, key: string, role: Role | undefined): Data => ({ ...data, roles: set(data.roles, key, role) })

export const collectionOf = (data: Data, db: string, name: string): Collection | undefined => data.databases.get(db)?.get(name)

/** A database exists while it has a collection. */
export const withCollection = (data: Data, db: string, name: string, collection: Collection | undefined): Data => {
  const collections = set(data.databases.get(db) ?? new Map<string, Collection>(), name, collection)
  return { ...data, databases: set(data.databases, db, collections.size === 0 ? undefined : collections) }
}

export const idIndex: Index = { key: { _id: 1 }, name: "_id_", unique: false }
export const emptyCollection: Collection = { documents: [], indexes: [idIndex] }
