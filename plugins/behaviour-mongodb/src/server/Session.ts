/** A connection: who has logged in on it, and what a command may draw from. */
import type { Data, RoleName } from "./Data.ts"
import { userKey } from "./Data.ts"
import { Failure, failure } from "./Failure.ts"
import { render } from "./Render.ts"
import { allows } from "./Roles.ts"
import type { Document } from "./Value.ts"

export interface Environment {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: () => number
  /** `--auth`. */
  readonly auth: boolean
  readonly host: string
  readonly argv: ReadonlyArray<string>
  readonly startedAt: number
  /** The implicit session of a shell, drawn when first needed; old drivers have none. */
  readonly sessionId?: () => string
}

export interface Session {
  /** `db.user` of those logged in, at most one for each database. */
  readonly users: ReadonlyArray<string>
}

export const anonymous: Session = { users: [] }

/** A command at work: the state it reads, and who asks. */
export interface Request {
  readonly data: Data
  readonly session: Session
  readonly environment: Environment
  readonly db: string
  readonly command: Document
}

/** What a command comes to; without `data` or `session` these stay as they are. */
export interface Answer {
  readonly reply: Document
  readonly data?: Data
  readonly session?: Session
}

const rolesOf = ({ data, session }: Request): ReadonlyArray<RoleName> => session.users.flatMap((key) => data.users.get(key)?.roles ?? [])

/** Before the first user exists, a connection from the host itself may create it. */
const localhostException = ({ command, data, db }: Request): boolean =>
  data.users.size === 0 && db === "admin" && ("createUser" in command || "createRole" in command)

export const commandName = (command: Document): string => Object.keys(command)[0] ?? ""

/** Nothing when the connection may do it, else the server's refusal. `resource` undefined: an action on the cluster. */
export const authorize = (
  request: Request,
  action: string,
  resource: { readonly db: string; readonly collection?: string } | undefined
): Failure | undefined => {
  if (!request.environment.auth || localhostException(request)) return undefined
  if (request.session.users.length === 0) return failure(13, `command ${commandName(request.command)} requires authentication`)
  if (allows(request.data, rolesOf(request), action, resource?.db, resource?.collection)) return undefined
  const { sessionId } = request.environment
  const lsid: Document = sessionId === undefined ? {} : { lsid: { id: { $uuid: sessionId() } } }
  const quoted = render({ ...request.command, ...lsid, $db: request.db })
  return failure(13, `not authorized on ${request.db} to execute command ${quoted}`)
}

export const login = (request: Request, user: string, password: string, db: string): Session | Failure => {
  const key = userKey(db, user)
  const found = request.data.users.get(key)
  if (found === undefined || found.password !== password) return failure(18, "Authentication failed.")
  return { users: [...request.session.users.filter((other) => !other.startsWith(`${db}.`)), key] }
}

const hex = (random: () => number, digits: number): string => {
  let out = ""
  while (out.length < digits)
    out += Math.floor(random() * 0x1000000)
      .toString(16)
      .padStart(6, "0")
  return out.slice(0, digits)
}

export const newObjectId = ({ now, random }: Environment): Document => ({
  $oid: `${Math.floor(now() / 1000)
    .toString(16)
    .padStart(8, "0")}${hex(random, 16)}`
})

export const newUuid = ({ random }: Environment): string => {
  const digits = hex(random, 32)
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`, digits.slice(20)].join("-")
}
