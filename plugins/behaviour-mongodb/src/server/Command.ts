/** A mongod's commands: one pure function from state and command to reply and next state. */
import * as Crypto from "node:crypto"
import { type Collection, type Data, emptyCollection } from "./Data.ts"
import { documentCommands } from "./DocumentCommands.ts"
import { Failure, failure } from "./Failure.ts"
import { type Answer, authorize, commandName, type Request } from "./Session.ts"
import { userCommands } from "./UserCommands.ts"
import { systemUsers } from "./SystemUsers.ts"
import { allows } from "./Roles.ts"
import { type Document, flagOf, isArray, textOf } from "./Value.ts"

type Command = (request: Request) => Answer | Failure

export const version = "4.4.6"
export const gitVersion = "72e66213c2c3eab37d9358d5e78ad7f5c1d0d0d7"

const reply = (document: Document): Answer => ({ reply: { ...document, ok: 1 } })

const guarded =
  (action: string, of: Command): Command =>
  (request) =>
    authorize(request, action, undefined) ?? of(request)

const sizeOf = (collections: ReadonlyMap<string, Collection>): number =>
  [...collections.values()].reduce((total, { documents }) => total + 8192 + Math.ceil(JSON.stringify(documents).length / 4096) * 4096, 0)

const systemSize = 36864

/** Every database with its size; `admin`, `config` and `local` are always there. */
const databases = (data: Data): ReadonlyArray<Document> =>
  [...new Set([...data.databases.keys(), "admin", "config", "local"])].sort().map((name) => {
    const collections = data.databases.get(name)
    return { name, sizeOnDisk: collections === undefined ? systemSize : sizeOf(collections), empty: false }
  })

const listDatabases: Command = (request) => {
  const { auth } = request.environment
  const refused = authorize(request, "listDatabases", undefined)
  if (refused !== undefined && request.session.users.length === 0) return refused
  const roles = request.session.users.flatMap((key) => request.data.users.get(key)?.roles ?? [])
  const visible = databases(request.data).filter(
    ({ name }) => !auth || refused === undefined || allows(request.data, roles, "find", textOf(name))
  )
  return reply({ databases: visible, totalSize: visible.reduce((total, { sizeOnDisk }) => total + Number(sizeOnDisk), 0) })
}

const listCollections: Command = (request) => {
  const refused = authorize(request, "listCollections", { db: request.db })
  if (refused !== undefined) return refused
  const users: ReadonlyArray<string> = request.db === "admin" && request.data.users.size > 0 ? [systemUsers, "system.version"] : []
  const names = [...(request.data.databases.get(request.db)?.keys() ?? []), ...users].sort()
  const firstBatch = names.map((name): Document => ({ name, type: "collection", options: {}, info: { readOnly: false } }))
  return reply({ cursor: { id: { $numberLong: "0" }, ns: `${request.db}.$cmd.listCollections`, firstBatch } })
}

const dropDatabase: Command = (request) => {
  const refused = authorize(request, "dropDatabase", { db: request.db })
  if (refused !== undefined) return refused
  if (!request.data.databases.has(request.db)) return reply({})
  const next = new Map(request.data.databases)
  next.delete(request.db)
  return { reply: { dropped: request.db, ok: 1 }, data: { ...request.data, databases: next } }
}

const dbStats: Command = (request) => {
  const refused = authorize(request, "dbStats", { db: request.db })
  if (refused !== undefined) return refused
  const collections = [...(request.data.databases.get(request.db)?.values() ?? [])]
  const objects = collections.reduce((total, { documents }) => total + documents.length, 0)
  const dataSize = collections.reduce((total, { documents }) => total + JSON.stringify(documents).length, 0)
  const indexes = collections.reduce((total, one) => total + one.indexes.length, 0)
  return reply({
    db: request.db,
    collections: collections.length,
    views: 0,
    objects,
    avgObjSize: objects === 0 ? 0 : dataSize / objects,
    dataSize,
    storageSize: sizeOf(request.data.databases.get(request.db) ?? new Map()),
    indexes,
    indexSize: indexes * 20480,
    scaleFactor: 1
  })
}

const hashes = new WeakMap<Collection, string>()

/** The server hashes BSON; here it is the extended JSON of the same documents, so the sum differs but changes when it does there. */
const hashOf = (collection: Collection): string => {
  const known = hashes.get(collection)
  if (known !== undefined) return known
  const made = Crypto.hash("md5", JSON.stringify(collection.documents))
  hashes.set(collection, made)
  return made
}

const dbHash: Command = (request) => {
  const refused = authorize(request, "dbHash", { db: request.db })
  if (refused !== undefined) return refused
  const all = request.data.databases.get(request.db) ?? new Map<string, Collection>()
  const wanted = request.command.collections
  const names = [...all.keys()].filter((name) => !isArray(wanted) || wanted.includes(name)).sort()
  const collections = Object.fromEntries(names.map((name) => [name, hashOf(all.get(name) ?? emptyCollection)]))
  return reply({ host: request.environment.host, collections, md5: Crypto.hash("md5", JSON.stringify(collections)), timeMillis: 0 })
}

const hello: Command = ({ environment }) =>
  reply({
    ismaster: true,
    maxBsonObjectSize: 16777216,
    maxMessageSizeBytes: 48000000,
    maxWriteBatchSize: 100000,
    localTime: { $date: environment.now() },
    minWireVersion: 0,
    maxWireVersion: 9,
    readOnly: false
  })

const serverStatus: Command = ({ data, environment }) =>
  reply({
    host: environment.host,
    version,
    process: "mongod",
    pid: { $numberLong: "1" },
    uptime: Math.floor((environment.now() - environment.startedAt) / 1000),
    localTime: { $date: environment.now() },
    connections: { current: 1, available: 838859, totalCreated: 1, active: 1 },
    storageEngine: { name: "wiredTiger", supportsCommittedReads: true, persistent: true },
    databases: data.databases.size
  })

const commands: Readonly<Record<string, Command>> = {
  ...userCommands,
  ...documentCommands,
  ping: () => reply({}),
  hello,
  isMaster: hello,
  ismaster: hello,
  buildInfo: () => reply({ version, gitVersion, modules: [], allocator: "tcmalloc", javascriptEngine: "mozjs", bits: 64, debug: false }),
  whatsmyuri: () => reply({ you: "127.0.0.1:41234" }),
  listDatabases,
  listCollections,
  dropDatabase,
  dbStats,
  dbHash,
  serverStatus: guarded("serverStatus", serverStatus),
  getCmdLineOpts: guarded("getCmdLineOpts", ({ environment }) =>
    reply({
      argv: environment.argv,
      parsed: environment.auth ? { net: { bindIp: "*" }, security: { authorization: "enabled" } } : { net: { bindIp: "*" } }
    })
  ),
  hostInfo: guarded("hostInfo", ({ environment }) =>
    reply({
      system: { currentTime: { $date: environment.now() }, hostname: environment.host, cpuAddrSize: 64, numCores: 2 },
      os: { type: "Linux", name: "Ubuntu", version: "18.04" }
    })
  ),
  getLog: guarded("getLog", () => reply({ totalLinesWritten: 0, log: [] })),
  currentOp: guarded("inprog", () => reply({ inprog: [] })),
  replSetGetStatus: guarded("replSetGetStatus", () => failure(76, "not running with --replSet"))
}

const known = new Set(Object.keys(commands))

export const run = (request: Request): Answer => {
  const name = commandName(request.command)
  const command = known.has(name) ? commands[name] : undefined
  const answer = command === undefined ? failure(59, `no such command: '${name}'`) : command(request)
  return answer instanceof Failure ? { reply: answer.reply } : answer
}

export const succeeded = (document: Document): boolean => flagOf(document.ok)

export const messageOf = (document: Document): string => textOf(document.errmsg) ?? "unknown error"
