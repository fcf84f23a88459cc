/** Commands on documents, collections and indexes. */
import { type Collection, collectionOf, emptyCollection, type Index, withCollection } from "./Data.ts"
import { aggregated } from "./Aggregate.ts"
import { Failure, failure } from "./Failure.ts"
import { projected, select, sorted } from "./Query.ts"
import { render } from "./Render.ts"
import { type Answer, authorize, commandName, newObjectId, type Request } from "./Session.ts"
import { collectionOfUsers, isSystemUsers } from "./SystemUsers.ts"
import { updated } from "./Update.ts"
import { compare, type Document, flagOf, isArray, isDocument, numberOf, textOf, type Value, valuesAt } from "./Value.ts"

type Command = (request: Request) => Answer | Failure

const documentOf = (value: Value | undefined): Document => (isDocument(value) ? value : {})
const documentsOf = (value: Value | undefined): ReadonlyArray<Document> => (isArray(value) ? value.filter(isDocument) : [])

const reading: ReadonlySet<string> = new Set(["find", "listIndexes", "collStats"])

/** The collection a command names, if the connection may do this to it. */
const target = (request: Request, action: string): { readonly name: string; readonly collection: Collection | undefined } | Failure => {
  const name = textOf(request.command[commandName(request.command)])
  if (name === undefined || name === "") return failure(73, `Invalid namespace specified '${request.db}.'`)
  const refused = authorize(request, action, { db: request.db, collection: name })
  if (refused !== undefined) return refused
  if (!isSystemUsers(request.db, name)) return { name, collection: collectionOf(request.data, request.db, name) }
  return reading.has(action)
    ? { name, collection: collectionOfUsers(request.data) }
    : failure(73, `cannot write to '${request.db}.${name}'`)
}

const cursor = (request: Request, name: string, documents: ReadonlyArray<Document>): Answer => ({
  reply: { cursor: { firstBatch: documents, id: { $numberLong: "0" }, ns: `${request.db}.${name}` }, ok: 1 }
})

const limited = <A>(all: ReadonlyArray<A>, skip: number, limit: number): ReadonlyArray<A> =>
  skip === 0 && limit === 0 ? all : all.slice(skip, limit === 0 ? undefined : skip + Math.abs(limit))

const find: Command = (request) => {
  const { command } = request
  const at = target(request, "find")
  if (at instanceof Failure) return at
  const found = select(at.collection?.documents ?? [], documentOf(command.filter))
  if (found instanceof Failure) return found
  const page = limited(sorted(found, documentOf(command.sort)), numberOf(command.skip) ?? 0, numberOf(command.limit) ?? 0)
  const projection = documentOf(command.projection)
  return cursor(
    request,
    at.name,
    page.map((document) => projected(document, projection))
  )
}

const count: Command = (request) => {
  const { command } = request
  const at = target(request, "find")
  if (at instanceof Failure) return at
  const found = select(at.collection?.documents ?? [], documentOf(command.query))
  if (found instanceof Failure) return found
  return { reply: { n: limited(found, numberOf(command.skip) ?? 0, numberOf(command.limit) ?? 0).length, ok: 1 } }
}

const distinct: Command = (request) => {
  const at = target(request, "find")
  if (at instanceof Failure) return at
  const found = select(at.collection?.documents ?? [], documentOf(request.command.query))
  if (found instanceof Failure) return found
  const values: Array<Value> = []
  for (const document of found) {
    for (const value of valuesAt(document, textOf(request.command.key) ?? "")) {
      if (!values.some((one) => compare(one, value) === 0)) values.push(value)
    }
  }
  return { reply: { values, ok: 1 } }
}

const aggregate: Command = (request) => {
  const at = target(request, "find")
  if (at instanceof Failure) return at
  const out = aggregated(at.collection?.documents ?? [], documentsOf(request.command.pipeline))
  return out instanceof Failure ? out : cursor(request, at.name, out)
}

const duplicate = (collection: Collection, document: Document): string | undefined => {
  for (const index of collection.indexes) {
    if (!index.unique && index.name !== "_id_") continue
    const fields = Object.keys(index.key)
    const clash = collection.documents.find((one) =>
      fields.every((field) => compare(valuesAt(one, field)[0], valuesAt(document, field)[0]) === 0)
    )
    if (clash !== undefined) {
      return `index: ${index.name} dup key: { ${fields.map((field) => `${field}: ${render(valuesAt(document, field)[0] ?? null)}`).join(", ")} }`
    }
  }
  return undefined
}

const insert: Command = (request) => {
  const at = target(request, "insert")
  if (at instanceof Failure) return at
  const { collection = emptyCollection, name } = at
  const documents = [...collection.documents]
  const writeErrors: Array<Document> = []
  const seen = new Set(documents.length === 0 ? [] : documents.map(({ _id }) => JSON.stringify(_id)))
  let n = 0
  for (const [index, given] of documentsOf(request.command.documents).entries()) {
    const document: Document = given._id === undefined ? { _id: newObjectId(request.environment), ...given } : given
    const id = JSON.stringify(document._id)
    const hasUnique = collection.indexes.some(({ unique }) => unique)
    const clash = seen.has(id) || hasUnique ? duplicate({ ...collection, documents }, document) : undefined
    if (clash === undefined) {
      seen.add(id)
      documents.push(document)
      n += 1
    } else {
      writeErrors.push({ index, code: 11000, errmsg: `E11000 duplicate key error collection: ${request.db}.${name} ${clash}` })
      if (request.command.ordered === undefined || flagOf(request.command.ordered)) break
    }
  }
  return {
    reply: { n, ...(writeErrors.length === 0 ? {} : { writeErrors }), ok: 1 },
    data: withCollection(request.data, request.db, name, { ...collection, documents })
  }
}

const upserted = (request: Request, filter: Document, update: Document): Document | Failure => {
  const equalities = Object.fromEntries(
    Object.entries(filter).filter(
      ([key, value]) => !key.startsWith("$") && !(isDocument(value) && Object.keys(value)[0]?.startsWith("$") === true)
    )
  )
  const made = updated(equalities, update, "insert")
  return made instanceof Failure || made._id !== undefined ? made : { _id: newObjectId(request.environment), ...made }
}

const update: Command = (request) => {
  const at = target(request, "update")
  if (at instanceof Failure) return at
  let documents = at.collection?.documents ?? []
  let n = 0
  let nModified = 0
  const upserts: Array<Document> = []
  for (const [index, one] of documentsOf(request.command.updates).entries()) {
    const found = select(documents, documentOf(one.q), flagOf(one.multi) ? 0 : 1)
    if (found instanceof Failure) return found
    const changed = new Map<Document, Document>()
    for (const document of found) {
      const next = updated(document, documentOf(one.u))
      if (next instanceof Failure) return next
      if (compare(document, next) !== 0) changed.set(document, next)
    }
    n += found.length
    nModified += changed.size
    if (changed.size > 0) documents = documents.map((document) => changed.get(document) ?? document)
    if (found.length === 0 && flagOf(one.upsert)) {
      const made = upserted(request, documentOf(one.q), documentOf(one.u))
      if (made instanceof Failure) return made
      documents = [...documents, made]
      upserts.push({ index, _id: made._id ?? null })
      n += 1
    }
  }
  return {
    reply: { n, ...(upserts.length === 0 ? {} : { upserted: upserts }), nModified, ok: 1 },
    ...(documents === at.collection?.documents || (at.collection === undefined && documents.length === 0)
      ? {}
      : { data: withCollection(request.data, request.db, at.name, { ...(at.collection ?? emptyCollection), documents }) })
  }
}

const remove: Command = (request) => {
  const at = target(request, "remove")
  if (at instanceof Failure) return at
  let documents = at.collection?.documents ?? []
  let n = 0
  for (const one of documentsOf(request.command.deletes)) {
    const found = select(documents, documentOf(one.q), numberOf(one.limit) ?? 0)
    if (found instanceof Failure) return found
    const gone = new Set(found)
    documents = documents.filter((document) => !gone.has(document))
    n += found.length
  }
  return {
    reply: { n, ok: 1 },
    ...(at.collection === undefined || n === 0
      ? {}
      : { data: withCollection(request.data, request.db, at.name, { ...at.collection, documents }) })
  }
}

const create: Command = (request) => {
  const at = target(request, "createCollection")
  if (at instanceof Failure) return at
  if (at.collection !== undefined) return failure(48, `Collection already exists. NS: ${request.db}.${at.name}`)
  return { reply: { ok: 1 }, data: withCollection(request.data, request.db, at.name, emptyCollection) }
}

const drop: Command = (request) => {
  const at = target(request, "dropCollection")
  if (at instanceof Failure) return at
  if (at.collection === undefined) return failure(26, "ns not found")
  return {
    reply: { nIndexesWas: at.collection.indexes.length, ns: `${request.db}.${at.name}`, ok: 1 },
    data: withCollection(request.data, request.db, at.name, undefined)
  }
}

const createIndexes: Command = (request) => {
  const at = target(request, "createIndex")
  if (at instanceof Failure) return at
  const collection = at.collection ?? emptyCollection
  const wanted = documentsOf(request.command.indexes).map((index): Index => ({
    key: documentOf(index.key),
    name:
      textOf(index.name) ??
      Object.entries(documentOf(index.key))
        .map(([key, way]) => `${key}_${numberOf(way) ?? textOf(way) ?? 1}`)
        .join("_"),
    unique: flagOf(index.unique)
  }))
  const added = wanted.filter(({ name }) => !collection.indexes.some((index) => index.name === name))
  const before = collection.indexes.length
  const reply: Document = {
    createdCollectionAutomatically: at.collection === undefined,
    numIndexesBefore: before,
    numIndexesAfter: before + added.length,
    ...(added.length === 0 ? { note: "all indexes already exist" } : {}),
    ok: 1
  }
  if (added.length === 0) return { reply }
  return { reply, data: withCollection(request.data, request.db, at.name, { ...collection, indexes: [...collection.indexes, ...added] }) }
}

const listIndexes: Command = (request) => {
  const at = target(request, "listIndexes")
  if (at instanceof Failure) return at
  if (at.collection === undefined) return failure(26, `ns does not exist: ${request.db}.${at.name}`)
  return cursor(
    request,
    at.name,
    at.collection.indexes.map(({ key, name, unique }) => ({ v: 2, key, name, ...(unique ? { unique } : {}) }))
  )
}

const dropIndexes: Command = (request) => {
  const at = target(request, "dropIndex")
  if (at instanceof Failure) return at
  if (at.collection === undefined) return failure(26, `ns not found ${request.db}.${at.name}`)
  const wanted = textOf(request.command.index)
  const indexes = at.collection.indexes.filter(({ name }) => name === "_id_" || (wanted !== "*" && name !== wanted))
  if (wanted !== "*" && indexes.length === at.collection.indexes.length) return failure(27, `index not found with name [${wanted ?? ""}]`)
  return {
    reply: { nIndexesWas: at.collection.indexes.length, ok: 1 },
    data: withCollection(request.data, request.db, at.name, { ...at.collection, indexes })
  }
}

const collStats: Command = (request) => {
  const at = target(request, "collStats")
  if (at instanceof Failure) return at
  const documents = at.collection?.documents ?? []
  const size = JSON.stringify(documents).length
  return {
    reply: {
      ns: `${request.db}.${at.name}`,
      size,
      count: documents.length,
      ...(documents.length === 0 ? {} : { avgObjSize: Math.floor(size / documents.length) }),
      storageSize: Math.ceil(size / 4096) * 4096,
      capped: false,
      nindexes: at.collection?.indexes.length ?? 0,
      scaleFactor: 1,
      ok: 1
    }
  }
}

export const documentCommands: Readonly<Record<string, Command>> = {
  find,
  count,
  distinct,
  aggregate,
  insert,
  update,
  delete: remove,
  create,
  drop,
  createIndexes,
  listIndexes,
  dropIndexes,
  collStats
}
