import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { prepare } from "../src/shell/Interpreter.ts"
import { guarded, open } from "./Container.ts"

beforeAll(() => Effect.runPromise(prepare))

const root = ["admin", "-u", "root", "-p", "root"]
const admin = ["geo-db", "-u", "admin", "-p", "admin", "--authenticationDatabase", "admin"]

describe("the shell's start", () => {
  it("prints a banner unless told to be quiet", () => {
    const lines = open().exec(["mongo", "admin", "--eval", "db.runCommand({ping: 1})"]).stdout.split("\n")
    assert.deepStrictEqual(lines.slice(0, 2), [
      "MongoDB shell version v4.4.6",
      "connecting to: mongodb://127.0.0.1:27017/admin?compressors=disabled&gssapiServiceName=mongodb"
    ])
    assert.match(lines[2] ?? "", /^Implicit session: session \{ "id" : UUID\("[0-9a-f-]{36}"\) \}$/u)
    assert.deepStrictEqual(lines.slice(3), ["MongoDB server version: 4.4.6", '{ "ok" : 1 }', ""])
  })

  it("ends with 1 when the password is wrong", () => {
    const { exitCode, stdout } = guarded().exec(["mongo", "admin", "-u", "root", "-p", "wrong", "--quiet", "--eval", "1"])
    assert.strictEqual(exitCode, 1)
    assert.strictEqual(
      stdout,
      "Error: Authentication failed. :\nconnect@src/mongo/shell/mongo.js:374:17\n@(connect):2:6\nexception: connect failed\nexiting with code 1\n"
    )
  })

  it("logs in by an address with credentials", () => {
    const { stdout } = guarded().exec(["mongo", "mongodb://root:root@localhost/admin", "--quiet", "--eval", "db.getUser('admin').roles"])
    assert.strictEqual(stdout, '[ { "role" : "readWrite", "db" : "geo-db" } ]\n')
  })

  it("reads statements over several lines from a pipe, with the prompt's own words", () => {
    const { stdout } = open().exec(
      ["mongo", "--quiet"],
      "use geo-db\ndb.geo.insertOne({\n  _id: 1\n})\nshow collections\nshow dbs\nnope\nexit\ndb.never()\n"
    )
    assert.strictEqual(
      stdout,
      'switched to db geo-db\n{ "acknowledged" : true, "insertedId" : 1 }\ngeo\n' +
        "admin   0.000GB\nconfig  0.000GB\ngeo-db  0.000GB\nlocal   0.000GB\n" +
        "uncaught exception: ReferenceError: nope is not defined :\n@(shell):1:1\n"
    )
  })
})

describe("errors as the real shell prints them", () => {
  const failing = (script: string, ...options: ReadonlyArray<string>) => {
    const { exitCode, stdout } = guarded().evaluate(script, ...options)
    assert.strictEqual(exitCode, 252)
    return stdout.split("\n")
  }
  it("an unknown call", () =>
    assert.deepStrictEqual(failing("db.foo()").slice(0, 2), [
      "uncaught exception: TypeError: db.foo is not a function :",
      "@(shell eval):1:1"
    ]))
  it("an unknown call in a function", () =>
    assert.deepStrictEqual(failing("function f() { return db.geo.findAll() }\nf()").slice(0, 3), [
      "uncaught exception: TypeError: db.geo.findAll is not a function :",
      "f@(shell eval):1:23",
      "@(shell eval):2:1"
    ]))
  it("a method that a value does not have", () =>
    assert.strictEqual(failing("db.getName().foo()")[0], "uncaught exception: TypeError: db.getName().foo is not a function :"))
  it("a property of nothing", () => assert.strictEqual(failing("var x; x.y")[0], "uncaught exception: TypeError: x is undefined :"))
  it("a command without a login", () =>
    assert.deepStrictEqual(failing("db.getUsers()"), [
      "uncaught exception: Error: command usersInfo requires authentication :",
      "_getErrorWithCode@src/mongo/shell/utils.js:25:13",
      "DB.prototype.getUsers@src/mongo/shell/db.js:1659:1",
      "@(shell eval):1:1",
      ""
    ]))
  it("a user that exists already", () =>
    assert.deepStrictEqual(failing("db.createUser({user: 'admin', pwd: 'x', roles: []})", ...root), [
      'uncaught exception: Error: couldn\'t add user: User "admin@admin" already exists :',
      "_getErrorWithCode@src/mongo/shell/utils.js:25:13",
      "DB.prototype.createUser@src/mongo/shell/db.js:1386:11",
      "@(shell eval):1:1",
      ""
    ]))
  it("a role that does not exist", () =>
    assert.strictEqual(
      failing("db.grantRolesToUser('admin', [{role: 'readwrite', db: 'geo-db'}])", ...root)[0],
      "uncaught exception: Error: No role named readwrite@geo-db :"
    ))
  it("a read that the user's roles do not allow", () =>
    assert.match(
      failing("db.getSiblingDB('rate-db').inventory.find({}).toArray()", ...admin).join("\n"),
      /^uncaught exception: Error: error: \{\n\t"ok" : 0,\n\t"errmsg" : "not authorized on rate-db to execute command \{ find: \\"inventory\\", filter: \{\}, lsid: \{ id: UUID\(\\".{36}\\"\) \}, \$db: \\"rate-db\\" \}",\n\t"code" : 13,\n\t"codeName" : "Unauthorized"\n\} :/u
    ))
  it("a loop without end is stopped", () =>
    assert.strictEqual(failing("while (true) {}")[0], "uncaught exception: InternalError: interrupted :"))
  it("memory is bounded", () =>
    assert.strictEqual(
      failing("var a = []; while (true) a.push('x'.repeat(100000))")[0],
      "uncaught exception: InternalError: out of memory :"
    ))
  it("recursion is bounded", () =>
    assert.strictEqual(failing("function f() { return 1 + f() }; f()")[0], "uncaught exception: InternalError: too much recursion :"))
  it("work of the server is bounded", () =>
    assert.strictEqual(failing("while (true) db.runCommand({ping: 1})")[0], "uncaught exception: InternalError: interrupted :"))

  it("stops code that floods its output or the data, in bounded memory", () => {
    const flood = open().exec(["mongo", "--quiet", "--eval", "while (true) print('x'.repeat(100000))"]).stdout
    assert.isBelow(flood.length, 20_000_000)
    assert.include(flood.slice(-200), "InternalError: interrupted")
    assert.strictEqual(
      failing("while (true) try { db.a.insert({text: 'x'.repeat(100000)}) } catch (error) {}")[0],
      "uncaught exception: InternalError: interrupted :"
    )
  })
})

describe("what evaluations leave behind", () => {
  it("globals and damage end with the run", () => {
    const mongo = open()
    mongo.evaluate("DB.prototype.getName = function() { return 'hacked' }; Object.prototype.evil = 1; Math.random = null; x = 1")
    assert.strictEqual(mongo.evaluate("print(db.getName(), typeof x, ({}).evil)").stdout, "test undefined undefined\n")
  })
  it("documents stay, with their types", () => {
    const mongo = open()
    mongo.evaluate(
      "db.a.insert({_id: ObjectId('0123456789abcdef01234567'), at: ISODate('2015-04-09'), n: NumberLong(5), list: [1, {b: null}]})"
    )
    assert.strictEqual(
      mongo.evaluate("db.a.find()").stdout,
      '{ "_id" : ObjectId("0123456789abcdef01234567"), "at" : ISODate("2015-04-09T00:00:00Z"), "n" : NumberLong(5), "list" : [ 1, { "b" : null } ] }\n'
    )
  })
  it("the clock and chance are the cluster's", () => {
    const mongo = open()
    assert.strictEqual(mongo.evaluate("print(Date.now(), new Date().toISOString())").stdout, "1767225600000 2026-01-01T00:00:00.000Z\n")
    assert.strictEqual(open().evaluate("print(Math.random())").stdout, open().evaluate("print(Math.random())").stdout)
    assert.notStrictEqual(mongo.evaluate("print(Math.random())").stdout, mongo.evaluate("print(Math.random())").stdout)
  })
  it("a question asked again gets today's answer", () => {
    const mongo = open()
    const count = () => mongo.evaluate("db.a.count()").stdout
    assert.strictEqual(count(), "0\n")
    mongo.evaluate("db.a.insertMany([{_id: 1}, {_id: 2}])")
    assert.strictEqual(count(), "2\n")
  })
})

describe("queries", () => {
  const answer = (script: string): string => {
    const mongo = open()
    mongo.evaluate(
      "db.h.insertMany([{_id: 1, name: 'a', tags: ['x'], price: 5}, {_id: 2, name: 'b', tags: ['x', 'y'], price: 7}, {_id: 3, name: 'c', tags: [], price: 9}])"
    )
    return mongo.evaluate(script).stdout.trimEnd()
  }
  it("filters, sorts, limits and projects", () =>
    assert.strictEqual(
      answer("db.h.find({price: {$gte: 6}, tags: {$ne: 'z'}}, {name: 1, _id: 0}).sort({price: -1}).limit(1)"),
      '{ "name" : "c" }'
    ))
  it("matches elements of arrays", () => assert.strictEqual(answer("db.h.find({tags: 'y'}).count()"), "1"))
  it("updates with operators", () =>
    assert.strictEqual(answer("db.h.updateMany({tags: 'x'}, {$inc: {price: 10}}); db.h.distinct('price')"), "[ 15, 17, 9 ]"))
  it("reports what a removal removed", () =>
    assert.strictEqual(answer("db.h.remove({price: {$lt: 8}})"), 'WriteResult({ "nRemoved" : 2 })'))
  it("groups", () =>
    assert.strictEqual(answer("db.h.aggregate([{$group: {_id: null, sum: {$sum: '$price'}}}])"), '{ "_id" : null, "sum" : 21 }'))
  it("refuses an unknown operator", () => assert.match(answer("db.h.find({a: {$foo: 1}}).toArray()"), /unknown operator: \$foo/u))
  it("a duplicate key is a write error", () =>
    assert.strictEqual(
      answer("db.h.insert({_id: 1})"),
      'WriteResult({\n\t"nInserted" : 0,\n\t"writeError" : {\n\t\t"code" : 11000,\n\t\t"errmsg" : "E11000 duplicate key error collection: test.h index: _id_ dup key: { _id: 1.0 }"\n\t}\n})'
    ))
})
