/**
 * What arrives over the network: one command in a connection of its own, with the credentials that its client logs in with first.
 * `find geo-db.geo` names command and collection, `ping admin` command and database; the payload holds the command's other fields.
 */
import type { NetworkReply, NetworkRequest, ProgramEffect } from "@aiopslab/core/Behaviour"
import { log } from "./Log.ts"
import * as Command from "./server/Command.ts"
import type { Data } from "./server/Data.ts"
import { userKey } from "./server/Data.ts"
import { anonymous, type Environment, type Session } from "./server/Session.ts"
import { type Document, isDocument, numberOf, textOf } from "./server/Value.ts"

export interface Answered {
  readonly reply: NetworkReply
  readonly data: Data
  readonly effects: ReadonlyArray<ProgramEffect>
}

const refused = (reply: Document): NetworkReply => ({
  _tag: "error",
  code: textOf(reply.codeName) ?? String(numberOf(reply.code) ?? 1),
  message: Command.messageOf(reply)
})

/** `find geo-db.geo` with its payload as a command on a database. */
const commandOf = (request: NetworkRequest): { readonly db: string; readonly command: Document } => {
  const [name = "", namespace = "admin"] = request.operation.split(" ")
  const dot = namespace.indexOf(".")
  const payload = isDocument(request.payload) ? request.payload : {}
  return dot < 0
    ? { db: namespace, command: { [name]: 1, ...payload } }
    : { db: namespace.slice(0, dot), command: { [name]: namespace.slice(dot + 1), ...payload } }
}

/** What mongod has to say to browsers. */
const wrongDoor = "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"

export const answer = (data: Data, environment: Environment, request: NetworkRequest, now: number): Answered => {
  if (request.protocol === "http") return { reply: { _tag: "ok", payload: wrongDoor }, data, effects: [] }
  if (request.protocol !== "mongodb") {
    return { reply: { _tag: "failure", failure: "reset", message: "connection reset by peer" }, data, effects: [] }
  }
  let session: Session = anonymous
  const { credentials } = request
  if (credentials !== undefined && environment.auth) {
    const db = credentials.database ?? "admin"
    const login = Command.run({
      data,
      session,
      environment,
      db,
      command: { authenticate: 1, user: credentials.user, pwd: credentials.password }
    })
    if (!Command.succeeded(login.reply)) {
      const known = data.users.has(userKey(db, credentials.user))
      const why = known
        ? "AuthenticationFailed: SCRAM authentication failed, storedKey mismatch"
        : `UserNotFound: Could not find user "${credentials.user}" for db "${db}"`
      const attributes = {
        mechanism: "SCRAM-SHA-1",
        speculative: false,
        principalName: credentials.user,
        authenticationDatabase: db,
        extraInfo: {},
        error: why
      }
      return { reply: refused(login.reply), data, effects: [log(now, "ACCESS", 20249, "conn1", "Authentication failed", attributes)] }
    }
    session = login.session ?? session
  }
  const answered = Command.run({ data, session, environment, ...commandOf(request) })
  if (Command.succeeded(answered.reply)) return { reply: { _tag: "ok", payload: answered.reply }, data: answered.data ?? data, effects: [] }
  const { code, codeName, errmsg } = answered.reply
  const denied =
    code === 13
      ? [
          log(now, "ACCESS", 20436, "conn1", "Checking authorization failed", {
            error: { code: 13, codeName: codeName ?? "", errmsg: errmsg ?? "" }
          })
        ]
      : []
  return { reply: refused(answered.reply), data, effects: denied }
}
