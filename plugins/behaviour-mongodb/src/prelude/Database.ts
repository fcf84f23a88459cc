/** The shell's `Mongo` and `DB`: helpers over `runCommand`, with the shell's own messages. */
export const database = String.raw`
/** The frames that the shell's own files add to a stack, by the function that throws (4.4's line numbers). */
const __frames = {
  createUser: "DB.prototype.createUser@src/mongo/shell/db.js:1386:11",
  updateUser: "DB.prototype.updateUser@src/mongo/shell/db.js:1474:15",
  grantRolesToUser: "DB.prototype.grantRolesToUser@src/mongo/shell/db.js:1551:15",
  revokeRolesFromUser: "DB.prototype.revokeRolesFromUser@src/mongo/shell/db.js:1563:15",
  dropUser: "DB.prototype.dropUser@src/mongo/shell/db.js:1513:11",
  getUser: "DB.prototype.getUser@src/mongo/shell/db.js:1617:1",
  getUsers: "DB.prototype.getUsers@src/mongo/shell/db.js:1659:1",
  createRole: "DB.prototype.createRole@src/mongo/shell/db.js:1699:15",
  dropRole: "DB.prototype.dropRole@src/mongo/shell/db.js:1733:11",
  getRole: "DB.prototype.getRole@src/mongo/shell/db.js:1806:1",
  getRoles: "DB.prototype.getRoles@src/mongo/shell/db.js:1829:1",
  getCollectionInfos: "DB.prototype._getCollectionInfosCommand@src/mongo/shell/db.js:879:15\nDB.prototype.getCollectionInfos@src/mongo/shell/db.js:904:16",
  getCollectionNames: "DB.prototype._getCollectionInfosCommand@src/mongo/shell/db.js:879:15\nDB.prototype.getCollectionInfos@src/mongo/shell/db.js:904:16\nDB.prototype.getCollectionNames@src/mongo/shell/db.js:916:12",
  getDBs: "Mongo.prototype.getDBs/<@src/mongo/shell/mongo.js:147:19\nMongo.prototype.getDBs@src/mongo/shell/mongo.js:99:12",
  cursor: "DBCommandCursor@src/mongo/shell/query.js:696:15\nDBQuery.prototype._exec@src/mongo/shell/query.js:111:28\nDBQuery.prototype.hasNext@src/mongo/shell/query.js:282:5",
  count: "DBQuery.prototype.count@src/mongo/shell/query.js:376:11",
  distinct: "DBCollection.prototype.distinct@src/mongo/shell/collection.js:1410:11",
  drop: "DBCollection.prototype.drop@src/mongo/shell/collection.js:701:1",
  getIndexes: "DBCollection.prototype.getIndexes@src/mongo/shell/collection.js:810:19",
  aggregate: "DB.prototype._runAggregate@src/mongo/shell/db.js:266:5\nDBCollection.prototype.aggregate@src/mongo/shell/collection.js:1058:12",
  write: "Bulk/this.execute@src/mongo/shell/bulk_api.js:1186:21"
};
function _getErrorWithCode(from, message, where) {
  const error = new Error(message);
  if (from !== undefined && from !== null && from.code !== undefined) { error.code = from.code; error.codeName = from.codeName; }
  error.__frames = ["_getErrorWithCode@src/mongo/shell/utils.js:25:13"].concat(where === undefined ? [] : __frames[where].split("\n"));
  return error;
}

function Mongo() { if (!(this instanceof Mongo)) return new Mongo(); this.host = __host.address(); }
Mongo.prototype.getDB = function(name) { return __database(this, name); };
Mongo.prototype.getDBs = function() {
  const reply = this.getDB("admin").runCommand({ listDatabases: 1 });
  if (!reply.ok) throw _getErrorWithCode(reply, "listDatabases failed:" + tojson(reply), "getDBs");
  return reply;
};
Mongo.prototype.getDBNames = function() { return this.getDBs().databases.map((one) => one.name); };
Mongo.prototype.adminCommand = function(command) { return this.getDB("admin").runCommand(command); };
Mongo.prototype.toString = function() { return "connection to " + this.host; };
Mongo.prototype.tojson = Mongo.prototype.toString;
Mongo.prototype.getReadPrefMode = function() { return "primary"; };

function DB(mongo, name) { this._mongo = mongo; this._name = name; }
function __database(mongo, name) {
  return new Proxy(new DB(mongo, String(name)), {
    get(target, key, self) {
      if (typeof key === "symbol" || key in target) return Reflect.get(target, key, self);
      return __collection(self, key, "db." + key);
    }
  });
}
const __db = DB.prototype;
__db.getName = function() { return this._name; };
__db.toString = function() { return this._name; };
__db.tojson = __db.toString;
__db.shellPrint = function() { print(this._name); };
__db.getMongo = function() { return this._mongo; };
__db.getSiblingDB = function(name) { return this._mongo.getDB(name); };
__db.getSisterDB = __db.getSiblingDB;
__db.getCollection = function(name) { return __collection(this, String(name), "db." + name); };
__db.runCommand = function(command, more) {
  const given = typeof command === "string" ? Object.assign({ [command]: 1 }, more) : command;
  return __decode(__host.run(this._name, __encode(given)));
};
__db.runReadCommand = __db.runCommand;
__db._dbCommand = __db.runCommand;
__db.adminCommand = function(command) { return this.getSiblingDB("admin").runCommand(command); };
__db._adminCommand = __db.adminCommand;
__db.hello = function() { return this.runCommand("hello"); };
__db.isMaster = function() { return this.runCommand("isMaster"); };
__db.serverStatus = function() { return this.adminCommand("serverStatus"); };
__db.serverBuildInfo = function() { return this.adminCommand("buildInfo"); };
__db.serverCmdLineOpts = function() { return this.adminCommand("getCmdLineOpts"); };
__db.hostInfo = function() { return this.adminCommand("hostInfo"); };
__db.currentOp = function() { return this.adminCommand("currentOp"); };
__db.version = function() { return this.serverBuildInfo().version; };
__db.stats = function(scale) { return this.runCommand({ dbStats: 1, scale: scale }); };
__db.getLastError = function() { return null; };
__db.logout = function() { return this.runCommand({ logout: 1 }); };
__db.help = function() { print("DB methods: see https://docs.mongodb.com/v4.4/reference/method/js-database/"); };
__db.auth = function(user, password) {
  const given = typeof user === "object" ? user : { user: user, pwd: password };
  const reply = this.runCommand({ authenticate: 1, user: given.user, pwd: given.pwd });
  if (reply.ok) return 1;
  print("Error: " + reply.errmsg);
  return 0;
};
__db._userCommand = function(command, where, prefix) {
  const reply = this.runCommand(command);
  if (!reply.ok) throw _getErrorWithCode(reply, (prefix === undefined ? "" : prefix) + reply.errmsg, where);
  return reply;
};
__db.createUser = function(user) {
  if (user === undefined || user === null || user.user === undefined) throw Error("no 'user' field provided to 'createUser' function");
  const { user: name, ...rest } = user;
  this._userCommand({ createUser: name, ...rest }, "createUser", "couldn't add user: ");
  const { pwd, passwordDigestor, ...shown } = user;
  print("Successfully added user: " + tojson(shown));
};
__db.updateUser = function(name, update) { this._userCommand({ updateUser: name, ...update }, "updateUser", "Updating user failed: "); };
__db.changeUserPassword = function(name, password) { this.updateUser(name, { pwd: password }); };
__db.dropUser = function(name) {
  const reply = this.runCommand({ dropUser: name });
  if (reply.ok) return true;
  if (reply.code === 11) return false;
  throw _getErrorWithCode(reply, reply.errmsg, "dropUser");
};
__db.removeUser = __db.dropUser;
__db.dropAllUsers = function() { return this._userCommand({ dropAllUsersFromDatabase: 1 }, "dropUser").n; };
__db.grantRolesToUser = function(name, roles) { this._userCommand({ grantRolesToUser: name, roles: roles }, "grantRolesToUser"); };
__db.revokeRolesFromUser = function(name, roles) { this._userCommand({ revokeRolesFromUser: name, roles: roles }, "revokeRolesFromUser"); };
__db.getUser = function(name, more) {
  const reply = this._userCommand({ usersInfo: { user: name, db: this._name }, ...more }, "getUser");
  return reply.users.length === 0 ? null : reply.users[0];
};
__db.getUsers = function(more) { return this._userCommand({ usersInfo: 1, ...more }, "getUsers").users; };
__db.createRole = function(role) {
  const { role: name, ...rest } = role;
  this._userCommand({ createRole: name, ...rest }, "createRole");
  return role;
};
__db.dropRole = function(name) {
  const reply = this.runCommand({ dropRole: name });
  if (reply.ok) return true;
  if (reply.code === 31) return false;
  throw _getErrorWithCode(reply, reply.errmsg, "dropRole");
};
__db.getRole = function(name, more) {
  const reply = this._userCommand({ rolesInfo: { role: name, db: this._name }, ...more }, "getRole");
  return reply.roles.length === 0 ? null : reply.roles[0];
};
__db.getRoles = function(more) { return this._userCommand({ rolesInfo: 1, ...more }, "getRoles").roles; };
__db._collections = function(filter, where) {
  const reply = this.runCommand({ listCollections: 1, filter: filter === undefined ? {} : filter });
  if (!reply.ok) throw _getErrorWithCode(reply, "listCollections failed: " + tojson(reply), where);
  return reply.cursor.firstBatch;
};
__db.getCollectionInfos = function(filter) { return this._collections(filter, "getCollectionInfos"); };
__db.getCollectionNames = function() { return this._collections({}, "getCollectionNames").map((one) => one.name); };
__db.createCollection = function(name) { return this.runCommand({ create: name }); };
__db.dropDatabase = function() { return this.runCommand({ dropDatabase: 1 }); };
`
