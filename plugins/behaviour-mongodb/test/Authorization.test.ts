import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { prepare } from "../src/shell/Interpreter.ts"
import * as Crypto from "node:crypto"
import { Container, guarded, initScript } from "./Container.ts"

beforeAll(() => Effect.runPromise(prepare))

const credentials = { user: "admin", password: "admin", database: "admin" }
const root = (mongo: Container, script: string) => mongo.evaluate(script, "admin", "-u", "root", "-p", "root")

/** What the geo service does when it starts. */
const startUp = (mongo: Container): string => {
  for (const [operation, payload] of [
    ["ping admin", {}],
    ["count geo-db.geo", { query: {} }],
    ["createIndexes geo-db.geo", { indexes: [{ key: { hotelId: 1 }, name: "hotelId_1" }] }]
  ] as const) {
    const reply = mongo.ask({ operation, payload, credentials })
    if (reply._tag !== "ok") return `${reply._tag === "error" ? reply.code : reply.failure}: ${reply.message}`
  }
  return "ok"
}

const revoked = (): Container => {
  const mongo = guarded()
  assert.strictEqual(root(mongo, "db.revokeRolesFromUser('admin', [{role: 'readWrite', db: 'geo-db'}])").exitCode, 0)
  return mongo
}

describe("a service whose user lost its role", () => {
  it("starts before and is refused after", () => {
    assert.strictEqual(startUp(guarded()), "ok")
    assert.strictEqual(
      startUp(revoked()),
      'Unauthorized: not authorized on geo-db to execute command { count: "geo", query: {}, $db: "geo-db" }'
    )
  })

  for (const [name, script] of [
    ["grantRolesToUser", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo-db'}])"],
    ["updateUser", "db.updateUser('admin', {roles: [{role: 'readWrite', db: 'geo-db'}]})"],
    [
      "dropUser and createUser",
      "db.dropUser('admin'); db.createUser({user: 'admin', pwd: 'admin', roles: [{role: 'readWrite', db: 'geo-db'}]})"
    ],
    ["runCommand", "db.runCommand({grantRolesToUser: 'admin', roles: [{role: 'dbOwner', db: 'geo-db'}]})"],
    ["a broader role", "db.grantRolesToUser('admin', ['readWriteAnyDatabase'])"],
    [
      "a role of one's own",
      "db.createRole({role: 'geo', privileges: [{resource: {db: 'geo-db', collection: 'geo'}, actions: ['find', 'insert', 'createIndex']}], roles: []}); db.grantRolesToUser('admin', ['geo'])"
    ]
  ] as const) {
    it(`is repaired by ${name}`, () => {
      const mongo = revoked()
      assert.strictEqual(root(mongo, script).exitCode, 0)
      assert.strictEqual(startUp(mongo), "ok")
    })
  }

  for (const [name, script, refused] of [
    ["a wrong role", "db.grantRolesToUser('admin', [{role: 'dbAdmin', db: 'geo-db'}])", "count"],
    ["a role that only reads", "db.grantRolesToUser('admin', [{role: 'read', db: 'geo-db'}])", "createIndexes"],
    ["a wrong database", "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo'}])", "count"],
    ["another user", "db.createUser({user: 'geo', pwd: 'geo', roles: [{role: 'readWrite', db: 'geo-db'}]})", "count"]
  ] as const) {
    it(`is not repaired by ${name}`, () => {
      const mongo = revoked()
      assert.strictEqual(root(mongo, script).exitCode, 0)
      assert.match(startUp(mongo), new RegExp(`^Unauthorized: not authorized on geo-db to execute command \\{ ${refused}: "geo"`, "u"))
    })
  }

  it("is not repaired by another password", () => {
    const mongo = revoked()
    root(mongo, "db.dropUser('admin'); db.createUser({user: 'admin', pwd: 'secret', roles: [{role: 'readWrite', db: 'geo-db'}]})")
    assert.strictEqual(startUp(mongo), "AuthenticationFailed: Authentication failed.")
    assert.match(mongo.logs.at(-1) ?? "", /"c":"ACCESS".*"id":20249.*storedKey mismatch/u)
  })

  it("cannot repair itself", () => {
    const mongo = revoked()
    const { exitCode, stdout } = mongo.evaluate(
      "db.grantRolesToUser('admin', [{role: 'readWrite', db: 'geo-db'}])",
      "admin",
      "-u",
      "admin",
      "-p",
      "admin"
    )
    assert.strictEqual(exitCode, 252)
    assert.match(stdout, /^uncaught exception: Error: not authorized on admin to execute command \{ grantRolesToUser: "admin"/u)
  })
})

describe("admin.system.users", () => {
  const root = (mongo: Container, script: string) => mongo.evaluate(script, "admin", "-u", "root", "-p", "root")

  it("holds the users' documents, the same that getUsers tells of", () => {
    const mongo = guarded()
    const { exitCode, stdout } = root(
      mongo,
      `var one = db.system.users.findOne({ user: "admin" });
      print(JSON.stringify([
        db.system.users.find().map(function (u) { return [u._id, u.user, u.db, u.roles, u.userId.toString()] }),
        db.getUsers().map(function (u) { return [u._id, u.user, u.db, u.roles, u.userId.toString()] }),
        db.system.users.count(), db.system.users.aggregate([{ $match: { user: "root" } }]).toArray().length,
        Object.keys(one), one.credentials["SCRAM-SHA-256"].iterationCount, one.credentials["SCRAM-SHA-1"]
      ]))`
    )
    assert.strictEqual(exitCode, 0, stdout)
    const [stored, told, count, matching, keys, iterations, legacy] = JSON.parse(stdout)
    const byId = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1)
    assert.deepStrictEqual(stored.toSorted(byId), told.toSorted(byId))
    assert.deepStrictEqual([count, matching, iterations], [2, 1, 15_000])
    assert.deepStrictEqual(keys, ["_id", "userId", "user", "db", "credentials", "roles"])
    // what RFC 5802 makes of the password that the init script sets
    const hashed = Crypto.hash("md5", "admin:mongo:admin")
    const salted = Crypto.pbkdf2Sync(hashed, Buffer.from(legacy.salt, "base64"), 10_000, 20, "sha1")
    const clientKey = Crypto.createHmac("sha1", salted).update("Client Key").digest()
    assert.strictEqual(legacy.storedKey, Crypto.hash("sha1", clientKey, "base64"))
  })

  it("shows a role that was revoked as gone", () => {
    const { stdout } = root(revoked(), 'print(JSON.stringify(db.system.users.findOne({ _id: "admin.admin" }).roles))')
    assert.strictEqual(stdout, "[]\n")
  })

  it("is nobody else's to read, and nobody's to write", () => {
    const mongo = guarded()
    for (const script of ["db.system.users.find().toArray()", "db.system.users.count()", "db.system.users.aggregate([]).toArray()"]) {
      assert.match(mongo.evaluate(script, "admin", "-u", "admin", "-p", "admin").stdout, /not authorized on admin to execute command/u)
    }
    root(mongo, "db.createUser({ user: 'reader', pwd: 'r', roles: ['read', 'readAnyDatabase'] })")
    assert.match(mongo.evaluate("db.system.users.count()", "admin", "-u", "reader", "-p", "r").stdout, /not authorized on admin/u)
    root(mongo, "db.system.users.remove({})")
    assert.strictEqual(root(mongo, "print(db.system.users.count())").stdout, "3\n")
  })
})

describe("the data folder", () => {
  it("keeps users over a restart, where the init scripts do not run again", () => {
    const before = revoked()
    const after = new Container(before.argv, before.files, before.volume).start()
    assert.match(startUp(after), /^Unauthorized/u)
    assert.strictEqual(
      after.logs.some((line) => line.includes("running /docker-entrypoint-initdb.d")),
      false
    )
  })
  it("begins anew when it is empty", () => {
    const before = revoked()
    assert.strictEqual(startUp(new Container(before.argv, before.files).start()), "ok")
  })
  it("logs in the form of 4.4", () => {
    const lines = guarded().logs.filter((line) => line.startsWith("{"))
    for (const line of lines) assert.containsAllKeys(JSON.parse(line), ["t", "s", "c", "id", "ctx", "msg"])
    assert.strictEqual(JSON.parse(lines.at(-1) ?? "").attr.port, 27017)
  })
})

describe("init scripts", () => {
  it("understand what such scripts are made of", () => {
    const script = `#!/bin/bash
ADMIN_USER="admin"
TARGET_DB=geo-db
until mongo --eval "print('waited')" > /dev/null 2>&1; do
  sleep 1
done
# comment with an ' apostrophe
mongo admin --quiet --eval "db.createUser({user: '$ADMIN_USER', pwd: 'admin', roles: [{role: 'readWrite', db: '\${TARGET_DB}'}]})" > /dev/null
mongo admin --quiet --eval '
  print("$" + "literal")
'
echo "db.getSiblingDB('$TARGET_DB').geo.insert({a: 1})" | mongo --quiet
`
    const mongo = new Container(["docker-entrypoint.sh", "--auth"], { "/docker-entrypoint-initdb.d/a.sh": script }).start()
    assert.strictEqual(startUp(mongo), "ok")
    assert.deepStrictEqual(
      mongo.logs.filter((line) => !line.startsWith("{")),
      [
        "docker-entrypoint.sh: running /docker-entrypoint-initdb.d/a.sh",
        "$literal",
        'WriteResult({ "nInserted" : 1 })',
        "MongoDB init process complete; ready for start up."
      ]
    )
  })
  it("without access control anybody may do anything", () => {
    const mongo = new Container(["docker-entrypoint.sh", "mongod"], { "/docker-entrypoint-initdb.d/a.sh": initScript }).start()
    assert.strictEqual(mongo.ask({ operation: "count geo-db.geo" })._tag, "ok")
    assert.strictEqual(mongo.evaluate("db.getSiblingDB('admin').getUsers().length").stdout, "2\n")
  })
})
