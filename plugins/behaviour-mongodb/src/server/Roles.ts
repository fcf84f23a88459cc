/**
 * Built-in roles as sets of actions, and the check of an action on a resource (MongoDB 4.4 manual, "Built-In Roles"). A role on database D
 * speaks of D; roles of `admin` may speak of all.
 */
import { isSystemUsers, systemUsers } from "./SystemUsers.ts"
import type { Data, Privilege, Role, RoleName } from "./Data.ts"

const read = ["find", "listCollections", "listIndexes", "collStats", "dbStats", "dbHash", "killCursors", "changeStream", "planCacheRead"]
const write = [
  "insert",
  "update",
  "remove",
  "createCollection",
  "dropCollection",
  "createIndex",
  "dropIndex",
  "convertToCapped",
  "emptycapped",
  "renameCollectionSameDB"
]
const dbAdmin = [
  "collMod",
  "collStats",
  "compact",
  "createCollection",
  "createIndex",
  "dbHash",
  "dbStats",
  "dropCollection",
  "dropDatabase",
  "dropIndex",
  "enableProfiler",
  "listCollections",
  "listIndexes",
  "planCacheRead",
  "planCacheWrite",
  "reIndex",
  "renameCollectionSameDB",
  "validate",
  "bypassDocumentValidation"
]
const userAdmin = [
  "changeCustomData",
  "changePassword",
  "createRole",
  "createUser",
  "dropRole",
  "dropUser",
  "grantRole",
  "revokeRole",
  "setAuthenticationRestriction",
  "viewRole",
  "viewUser"
]
const clusterMonitor = [
  "serverStatus",
  "replSetGetStatus",
  "getLog",
  "getParameter",
  "hostInfo",
  "inprog",
  "listDatabases",
  "top",
  "getCmdLineOpts",
  "connPoolStats"
]
const clusterManager = [
  "replSetConfigure",
  "setParameter",
  "killop",
  "fsync",
  "addShard",
  "shutdown",
  "replSetStateChange",
  "logRotate",
  "dropDatabase"
]

const onDatabase: Readonly<Record<string, ReadonlyArray<string>>> = {
  read,
  readWrite: [...read, ...write],
  dbAdmin,
  userAdmin,
  dbOwner: [...read, ...write, ...dbAdmin, ...userAdmin]
}

const clusterAdmin = [...clusterMonitor, ...clusterManager]

/** Of the database `admin`: actions on every database, and on the cluster. */
const onAll: Readonly<Record<string, { readonly databases: ReadonlyArray<string>; readonly cluster: ReadonlyArray<string> }>> = {
  readAnyDatabase: { databases: read, cluster: ["listDatabases"] },
  readWriteAnyDatabase: { databases: [...read, ...write], cluster: ["listDatabases"] },
  dbAdminAnyDatabase: { databases: dbAdmin, cluster: ["listDatabases"] },
  userAdminAnyDatabase: { databases: userAdmin, cluster: ["listDatabases", "authSchemaUpgrade", "invalidateUserCache"] },
  clusterMonitor: { databases: ["collStats", "dbStats", "listCollections"], cluster: clusterMonitor },
  clusterManager: { databases: [], cluster: clusterManager },
  hostManager: { databases: [], cluster: ["setParameter", "killop", "fsync", "shutdown", "logRotate"] },
  clusterAdmin: { databases: ["collStats", "dbStats", "listCollections", "dropDatabase"], cluster: clusterAdmin },
  backup: { databases: read, cluster: ["listDatabases"] },
  restore: { databases: [...write, ...dbAdmin, ...userAdmin], cluster: [] },
  root: { databases: [...read, ...write, ...dbAdmin, ...userAdmin], cluster: clusterAdmin },
  __system: { databases: [...read, ...write, ...dbAdmin, ...userAdmin], cluster: clusterAdmin }
}

/** Roles that may read the users' documents, by name: privileges on a whole database speak of no system collection. */
const readers: ReadonlySet<string> = new Set(["userAdminAnyDatabase", "backup", "restore", "root", "__system"])

export const builtinNames = (db: string): ReadonlyArray<string> =>
  [...Object.keys(onDatabase), ...(db === "admin" ? Object.keys(onAll) : [])].sort()

export const isBuiltin = ({ db, role }: RoleName): boolean =>
  Object.hasOwn(onDatabase, role) || (db === "admin" && Object.hasOwn(onAll, role))

const wholeDatabase = (db: string): Privilege["resource"] => ({ db, collection: "" })

/** The privileges of a role, its inherited roles' included. */
export const privilegesOf = (data: Data, name: RoleName, seen: ReadonlySet<string> = new Set()): ReadonlyArray<Privilege> => {
  const own = onDatabase[name.role]
  if (own !== undefined) return [{ resource: wholeDatabase(name.db), actions: own }]
  const all = name.db === "admin" ? onAll[name.role] : undefined
  if (all !== undefined)
    return [
      { resource: { db: "", collection: "" }, actions: all.databases },
      { resource: { cluster: true }, actions: all.cluster },
      { resource: { db: "admin", collection: systemUsers }, actions: readers.has(name.role) ? read : [] }
    ]
  const key = `${name.db}.${name.role}`
  const role: Role | undefined = data.roles.get(key)
  if (role === undefined || seen.has(key)) return []
  return [...role.privileges, ...role.roles.flatMap((inherited) => privilegesOf(data, inherited, new Set([...seen, key])))]
}

/** An action on a database, on one of its collections, or (database undefined) on the cluster. */
export const allows = (data: Data, roles: ReadonlyArray<RoleName>, action: string, db: string | undefined, collection = ""): boolean =>
  roles.some((role) =>
    privilegesOf(data, role).some(({ actions, resource }) => actions.includes(action) && covers(resource, db, collection))
  )

const covers = (resource: Privilege["resource"], db: string | undefined, collection: string): boolean => {
  if ("anyResource" in resource) return true
  if ("cluster" in resource) return db === undefined
  if (db === undefined) return false
  const whole = resource.collection === "" && !isSystemUsers(db, collection)
  return (resource.db === "" || resource.db === db) && (whole || resource.collection === collection)
}
