/** `admin.system.users`: the users as the server stores them, with what SCRAM (RFC 5802) keeps of their passwords. Nobody writes there. */
import * as Crypto from "node:crypto"
import { type Collection, type Data, idIndex, type User, userKey } from "./Data.ts"
import type { Document } from "./Value.ts"

export const systemUsers = "system.users"

export const isSystemUsers = (db: string, collection: string): boolean => db === "admin" && collection === systemUsers

const credentialOf = (digest: "sha1" | "sha256", password: string, salt: Buffer, iterationCount: number): Document => {
  const length = digest === "sha1" ? 20 : 32
  const salted = Crypto.pbkdf2Sync(password, salt, iterationCount, length, digest)
  const keyed = (text: string) => Crypto.createHmac(digest, salted).update(text).digest()
  return {
    iterationCount,
    salt: salt.toString("base64"),
    storedKey: Crypto.hash(digest, keyed("Client Key"), "base64"),
    serverKey: keyed("Server Key").toString("base64")
  }
}

/** As if drawn with the user's id: another user, another salt. */
const saltOf = ({ uuid }: User, digest: string, length: number): Buffer =>
  Crypto.createHash("sha256").update(`${digest} ${uuid}`).digest().subarray(0, length)

const made = new WeakMap<User, Document>()

const stored = (user: User): Document => {
  const known = made.get(user)
  if (known !== undefined) return known
  const legacy = Crypto.hash("md5", `${user.user}:mongo:${user.password}`)
  const document: Document = {
    _id: userKey(user.db, user.user),
    userId: { $uuid: user.uuid },
    user: user.user,
    db: user.db,
    credentials: {
      "SCRAM-SHA-1": credentialOf("sha1", legacy, saltOf(user, "sha1", 16), 10_000),
      "SCRAM-SHA-256": credentialOf("sha256", user.password, saltOf(user, "sha256", 28), 15_000)
    },
    ...(user.customData === undefined ? {} : { customData: user.customData }),
    roles: user.roles.map((role) => ({ ...role }))
  }
  made.set(user, document)
  return document
}

/** It exists since the first user. */
export const collectionOfUsers = ({ users }: Data): Collection | undefined =>
  users.size === 0
    ? undefined
    : { documents: [...users.values()].map(stored), indexes: [idIndex, { key: { user: 1, db: 1 }, name: "user_1_db_1", unique: true }] }
