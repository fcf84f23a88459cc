/** The shell's collections, cursors and write results. */
export const collection = String.raw`
/** Any property of a collection that is not a method is a collection too; calling one fails as calling an object does. */
function __collection(db, name, called) {
  const base = () => {};
  delete base.name;
  delete base.length;
  Object.setPrototypeOf(base, DBCollection.prototype);
  base._db = db;
  base._shortName = name;
  base._fullName = db.getName() + "." + name;
  return new Proxy(base, {
    get(target, key, self) {
      if (typeof key === "symbol" || key in target) return Reflect.get(target, key, self);
      return __collection(db, name + "." + key, called + "." + key);
    },
    apply() { throw TypeError(called + " is not a function"); }
  });
}
function DBCollection() {}
DBCollection.prototype = Object.create(Object.prototype);
DBCollection.prototype.constructor = DBCollection;
const __coll = DBCollection.prototype;
__coll.getName = function() { return this._shortName; };
__coll.getFullName = function() { return this._fullName; };
__coll.getDB = function() { return this._db; };
__coll.getMongo = function() { return this._db.getMongo(); };
__coll.toString = function() { return this._fullName; };
__coll.tojson = __coll.toString;
__coll.shellPrint = function() { print(this._fullName); };
__coll._run = function(command, where) {
  const reply = this._db.runCommand(command);
  if (!reply.ok) throw _getErrorWithCode(reply, where === "count" ? "count failed: " + tojson(reply) : where === "aggregate" ? "command failed: " + tojson(reply) + " : aggregate failed" : where === "drop" || where === "getIndexes" ? where + " failed: " + tojson(reply) : tojson(reply), where);
  return reply;
};
__coll.find = function(filter, projection, limit, skip) { return new DBQuery(this, filter, projection, limit, skip); };
__coll.findOne = function(filter, projection) {
  const cursor = this.find(filter, projection).limit(-1);
  return cursor.hasNext() ? cursor.next() : null;
};
__coll.count = function(filter) { return this.find(filter).count(); };
__coll.countDocuments = function(filter) {
  const out = this.aggregate([{ $match: filter === undefined ? {} : filter }, { $group: { _id: 1, n: { $sum: 1 } } }]).toArray();
  return out.length === 0 ? 0 : out[0].n;
};
__coll.estimatedDocumentCount = function() { return this._run({ count: this._shortName }, "count").n; };
__coll.distinct = function(key, filter) { return this._run({ distinct: this._shortName, key: key, query: filter === undefined ? {} : filter }, "distinct").values; };
__coll.aggregate = function(pipeline, ...rest) {
  const stages = Array.isArray(pipeline) ? pipeline : pipeline === undefined ? [] : [pipeline, ...rest];
  const reply = this._run({ aggregate: this._shortName, pipeline: stages, cursor: {} }, "aggregate");
  return new __Batch(reply.cursor.firstBatch);
};
__coll.stats = function() { return this._db.runCommand({ collStats: this._shortName }); };
__coll.dataSize = function() { return this.stats().size; };
__coll.validate = function() { return { ns: this._fullName, valid: true, ok: 1 }; };
__coll.getIndexes = function() {
  const reply = this._db.runCommand({ listIndexes: this._shortName });
  if (reply.code === 26) return [];
  if (!reply.ok) throw _getErrorWithCode(reply, "listIndexes failed: " + tojson(reply), "getIndexes");
  return reply.cursor.firstBatch;
};
__coll.getIndices = __coll.getIndexes;
__coll.createIndex = function(key, options) { return this.createIndexes([key], options); };
__coll.ensureIndex = __coll.createIndex;
__coll.createIndexes = function(keys, options) {
  const name = (key) => Object.keys(key).map((field) => field + "_" + key[field]).join("_");
  return this._db.runCommand({ createIndexes: this._shortName, indexes: keys.map((key) => Object.assign({ key: key, name: name(key) }, options)) });
};
__coll.dropIndex = function(index) {
  return this._db.runCommand({ dropIndexes: this._shortName, index: typeof index === "string" ? index : Object.keys(index).map((field) => field + "_" + index[field]).join("_") });
};
__coll.dropIndexes = function() { return this._db.runCommand({ dropIndexes: this._shortName, index: "*" }); };
__coll.drop = function() {
  const reply = this._db.runCommand({ drop: this._shortName });
  if (reply.ok) return true;
  if (reply.errmsg === "ns not found") return false;
  throw _getErrorWithCode(reply, "drop failed: " + tojson(reply), "drop");
};

function __identified(document) { return document._id === undefined ? Object.assign({ _id: new ObjectId() }, document) : document; }
/** The reply of a write command, or what the shell makes of its failure. */
__coll._write = function(command) {
  const reply = this._db.runCommand(command);
  if (!reply.ok) return new WriteCommandError(reply);
  return reply;
};
__coll._strict = function(command) {
  const reply = this._write(command);
  if (reply instanceof WriteCommandError) throw reply;
  if (reply.writeErrors !== undefined) throw new WriteError(reply.writeErrors[0]);
  return reply;
};
__coll.insert = function(documents) {
  if (documents === undefined || documents === null) throw Error("no object passed to insert!");
  const many = Array.isArray(documents);
  const reply = this._write({ insert: this._shortName, ordered: true, documents: (many ? documents : [documents]).map(__identified) });
  if (reply instanceof WriteCommandError) return reply;
  if (many) return new BulkWriteResult({ writeErrors: reply.writeErrors === undefined ? [] : reply.writeErrors, writeConcernErrors: [], nInserted: reply.n, nUpserted: 0, nMatched: 0, nModified: 0, nRemoved: 0, upserted: [] });
  return new WriteResult(reply.writeErrors === undefined ? { nInserted: reply.n } : { nInserted: 0, writeError: { code: reply.writeErrors[0].code, errmsg: reply.writeErrors[0].errmsg } });
};
__coll.save = function(document) {
  return document._id === undefined ? this.insert(document) : this.update({ _id: document._id }, document, { upsert: true });
};
__coll.insertOne = function(document) {
  const given = __identified(document);
  this._strict({ insert: this._shortName, ordered: true, documents: [given] });
  return { acknowledged: true, insertedId: given._id };
};
__coll.insertMany = function(documents) {
  const given = documents.map(__identified);
  this._strict({ insert: this._shortName, ordered: true, documents: given });
  return { acknowledged: true, insertedIds: given.map((one) => one._id) };
};
__coll._update = function(filter, update, options, strict) {
  const { upsert = false, multi = false } = options === undefined ? {} : options;
  return this[strict ? "_strict" : "_write"]({ update: this._shortName, ordered: true, updates: [{ q: filter, u: update, upsert: upsert, multi: multi }] });
};
__coll.update = function(filter, update, options, multi) {
  if (update === undefined) throw Error("need an object");
  const reply = this._update(filter, update, typeof options === "object" && options !== null ? options : { upsert: options === true, multi: multi === true }, false);
  if (reply instanceof WriteCommandError) return reply;
  const upserted = reply.upserted === undefined ? undefined : reply.upserted[0];
  return new WriteResult(Object.assign({ nMatched: upserted === undefined ? reply.n : 0, nUpserted: upserted === undefined ? 0 : 1, nModified: reply.nModified }, upserted === undefined ? {} : { _id: upserted._id }));
};
__coll._updated = function(reply) {
  const upserted = reply.upserted === undefined ? undefined : reply.upserted[0];
  return Object.assign({ acknowledged: true, matchedCount: upserted === undefined ? reply.n : 0, modifiedCount: reply.nModified }, upserted === undefined ? {} : { upsertedId: upserted._id });
};
__coll.updateOne = function(filter, update, options) { return this._updated(this._update(filter, update, { ...options, multi: false }, true)); };
__coll.updateMany = function(filter, update, options) { return this._updated(this._update(filter, update, { ...options, multi: true }, true)); };
__coll.replaceOne = __coll.updateOne;
__coll.remove = function(filter, justOne) {
  if (filter === undefined) throw Error("remove needs a query");
  const one = justOne === true || (typeof justOne === "object" && justOne !== null && justOne.justOne === true);
  const reply = this._write({ delete: this._shortName, ordered: true, deletes: [{ q: filter, limit: one ? 1 : 0 }] });
  return reply instanceof WriteCommandError ? reply : new WriteResult({ nRemoved: reply.n });
};
__coll._delete = function(filter, limit) {
  if (filter === undefined || filter === null) throw Error("filter parameter must be an object");
  return { acknowledged: true, deletedCount: this._strict({ delete: this._shortName, ordered: true, deletes: [{ q: filter, limit: limit }] }).n };
};
__coll.deleteOne = function(filter) { return this._delete(filter, 1); };
__coll.deleteMany = function(filter) { return this._delete(filter, 0); };

function __Named(name) {
  const of = function(fields) { Object.assign(this, fields); Object.defineProperty(this, "__fields", { value: fields, enumerable: false }); };
  of.prototype.tojson = function(indent, nolint) { return name + "(" + tojson(this.__fields, indent, nolint) + ")"; };
  of.prototype.toString = function() { return this.tojson(); };
  return of;
}
const WriteResult = __Named("WriteResult");
const BulkWriteResult = __Named("BulkWriteResult");
const WriteCommandError = __Named("WriteCommandError");
const WriteError = __Named("WriteError");

function __Batch(documents) { this._documents = documents; this._at = 0; this._pretty = false; }
__Batch.prototype._load = function() { return this._documents; };
__Batch.prototype.hasNext = function() { return this._at < this._load().length; };
__Batch.prototype.next = function() {
  if (!this.hasNext()) throw Error("error hasNext: false");
  return this._load()[this._at++];
};
__Batch.prototype.toArray = function() { const rest = this._load().slice(this._at); this._at = this._load().length; return rest; };
__Batch.prototype.forEach = function(f) { while (this.hasNext()) f(this.next()); };
__Batch.prototype.map = function(f) { return this.toArray().map((one) => f(one)); };
__Batch.prototype.itcount = function() { return this.toArray().length; };
__Batch.prototype.objsLeftInBatch = function() { return this._load().length - this._at; };
__Batch.prototype.pretty = function() { this._pretty = true; return this; };
__Batch.prototype.close = function() {};
__Batch.prototype.shellPrint = function() {
  for (let shown = 0; shown < 20 && this.hasNext(); shown++) print(tojson(this.next(), "", !this._pretty));
  __it = this;
  if (this.hasNext()) print('Type "it" for more');
};

function DBQuery(collection, filter, projection, limit, skip) {
  this._collection = collection;
  this._command = { find: collection.getName(), filter: filter === undefined || filter === null ? {} : typeof filter === "string" || filter instanceof ObjectId ? { _id: filter } : filter };
  if (projection !== undefined && projection !== null) this._command.projection = projection;
  if (limit) this._command.limit = limit;
  if (skip) this._command.skip = skip;
  this._at = 0;
  this._pretty = false;
  this._documents = undefined;
}
DBQuery.prototype = Object.create(__Batch.prototype);
DBQuery.prototype.constructor = DBQuery;
DBQuery.prototype._load = function() {
  if (this._documents !== undefined) return this._documents;
  const reply = this._collection.getDB().runCommand(this._command);
  if (!reply.ok) throw _getErrorWithCode(reply, "error: " + tojson(reply), "cursor");
  this._documents = reply.cursor.firstBatch;
  return this._documents;
};
DBQuery.prototype.limit = function(n) { this._command.limit = n; return this; };
DBQuery.prototype.skip = function(n) { this._command.skip = n; return this; };
DBQuery.prototype.sort = function(by) { this._command.sort = by; return this; };
DBQuery.prototype.projection = function(fields) { this._command.projection = fields; return this; };
for (const name of ["batchSize", "hint", "maxTimeMS", "readPref", "readConcern", "noCursorTimeout", "comment", "collation", "addOption", "allowDiskUse"]) {
  DBQuery.prototype[name] = function() { return this; };
}
DBQuery.prototype.count = function() {
  return this._collection._run({ count: this._command.find, query: this._command.filter, fields: {} }, "count").n;
};
DBQuery.prototype.size = function() {
  return this._collection._run({ count: this._command.find, query: this._command.filter, fields: {}, limit: this._command.limit || 0, skip: this._command.skip || 0 }, "count").n;
};
DBQuery.prototype.length = function() { return this.toArray().length; };
DBQuery.prototype.explain = function() { return { queryPlanner: { namespace: this._collection.getFullName(), parsedQuery: this._command.filter, winningPlan: { stage: "COLLSCAN", direction: "forward" }, rejectedPlans: [] }, ok: 1 }; };
`
