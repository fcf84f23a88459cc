/** Commands on users and roles. Texts and codes are those of 4.4. */
import { type RoleName, type Privilege, type User, userKey, withRole, withUser } from "./Data.ts"
import { Failure, failure } from "./Failure.ts"
import { builtinNames, isBuiltin } from "./Roles.ts"
import { type Answer, authorize, commandName, login, newUuid, type Request } from "./Session.ts"
import { type Document, flagOf, isArray, isDocument, textOf, type Value } from "./Value.ts"

type Command = (request: Request) => Answer | Failure

const named = (request: Request): string => textOf(request.command[commandName(request.command)]) ?? ""

const rolesIn = (request: Request, value: Value | undefined): ReadonlyArray<RoleName> | Failure => {
  if (!isArray(value))
    return failure(14, `"roles" had the wrong type. Expected array, found ${typeof value === "undefined" ? "missing" : typeof value}`)
  const out: Array<RoleName> = []
  for (const one of value) {
    const role: RoleName | undefined =
      typeof one === "string"
        ? { role: one, db: request.db }
        : isDocument(one) && typeof one.role === "string" && typeof one.db === "string"
          ? { role: one.role, db: one.db }
          : undefined
    if (role === undefined) return failure(2, "Role names must be either strings or objects")
    if (!isBuiltin(role) && !request.data.roles.has(`${role.db}.${role.role}`)) return failure(31, `No role named ${role.role}@${role.db}`)
    out.push(role)
  }
  return out
}

const authorizeRoles = (request: Request, action: string, roles: ReadonlyArray<RoleName>): Failure | undefined => {
  for (const { db } of roles) {
    const refused = authorize(request, action, { db })
    if (refused !== undefined) return refused
  }
  return undefined
}

const done: Document = { ok: 1 }

const isSame =
  (a: RoleName) =>
  (b: RoleName): boolean =>
    a.role === b.role && a.db === b.db

const createUser: Command = (request) => {
  const { command, data, db } = request
  const user = named(request)
  const refused = authorize(request, "createUser", { db })
  if (refused !== undefined) return refused
  if (user === "") return failure(2, "User document needs 'user' field to be non-empty")
  const password = textOf(command.pwd)
  if (password === undefined && db !== "$external")
    return failure(2, "Must provide a 'pwd' field for all user documents, except those with '$external' as the user's source db")
  const roles = command.roles === undefined ? failure(2, '"createUser" command requires a "roles" array') : rolesIn(request, command.roles)
  if (roles instanceof Failure) return roles
  const notGranted = authorizeRoles(request, "grantRole", roles)
  if (notGranted !== undefined) return notGranted
  const key = userKey(db, user)
  if (data.users.has(key)) return failure(51003, `User "${user}@${db}" already exists`)
  const created: User = {
    user,
    db,
    password: password ?? "",
    roles,
    uuid: newUuid(request.environment),
    ...(isDocument(command.customData) ? { customData: command.customData } : {})
  }
  return { reply: done, data: withUser(data, key, created) }
}

const changing = (request: Request, notFound: (user: string) => string, change: (user: User) => User | Failure): Answer | Failure => {
  const key = userKey(request.db, named(request))
  const user = request.data.users.get(key)
  if (user === undefined) return failure(11, notFound(named(request)))
  const next = change(user)
  return next instanceof Failure ? next : { reply: done, data: withUser(request.data, key, next) }
}

const updateUser: Command = (request) => {
  const { command, db } = request
  if (command.pwd === undefined && command.roles === undefined && command.customData === undefined && command.mechanisms === undefined) {
    return failure(2, "Must specify at least one field to update in updateUser")
  }
  const roles = command.roles === undefined ? undefined : rolesIn(request, command.roles)
  if (command.pwd !== undefined) {
    const refused = authorize(request, "changePassword", { db })
    if (refused !== undefined) return refused
  }
  if (command.roles !== undefined) {
    const refused =
      authorize(request, "revokeRole", { db: "admin" }) ??
      (roles === undefined || roles instanceof Failure ? undefined : authorizeRoles(request, "grantRole", roles))
    if (refused !== undefined) return refused
  }
  if (roles instanceof Failure) return roles
  return changing(
    request,
    (user) => `User ${user}@${db} not found`,
    (user) => ({
      ...user,
      ...(typeof command.pwd === "string" ? { password: command.pwd } : {}),
      ...(roles === undefined ? {} : { roles }),
      ...(isDocument(command.customData) ? { customData: command.customData } : {})
    })
  )
}

const dropUser: Command = (request) => {
  const refused = authorize(request, "dropUser", { db: request.db })
  if (refused !== undefined) return refused
  const key = userKey(request.db, named(request))
  if (!request.data.users.has(key)) return failure(11, `User '${named(request)}@${request.db}' not found`)
  return { reply: done, data: withUser(request.data, key, undefined) }
}

const dropAllUsers: Command = (request) => {
  const refused = authorize(request, "dropUser", { db: request.db })
  if (refused !== undefined) return refused
  const gone = [...request.data.users].filter(([, { db }]) => db === request.db)
  return { reply: { n: gone.length, ok: 1 }, data: gone.reduce((data, [key]) => withUser(data, key, undefined), request.data) }
}

const changeRoles =
  (
    action: "grantRole" | "revokeRole",
    change: (has: ReadonlyArray<RoleName>, roles: ReadonlyArray<RoleName>) => ReadonlyArray<RoleName>
  ): Command =>
  (request) => {
    const roles = rolesIn(request, request.command.roles)
    if (roles instanceof Failure) {
      return authorize(request, action, { db: request.db }) ?? roles
    }
    const refused = authorizeRoles(request, action, roles)
    if (refused !== undefined) return refused
    return changing(
      request,
      (user) => `Could not find user "${user}" for db "${request.db}"`,
      (user) => ({ ...user, roles: change(user.roles, roles) })
    )
  }

const granted = (has: ReadonlyArray<RoleName>, roles: ReadonlyArray<RoleName>): ReadonlyArray<RoleName> => [
  ...has,
  ...roles.filter((role) => !has.some(isSame(role)))
]

const revoked = (has: ReadonlyArray<RoleName>, roles: ReadonlyArray<RoleName>): ReadonlyArray<RoleName> =>
  has.filter((role) => !roles.some(isSame(role)))

const describeUser = (user: User): Document => ({
  _id: userKey(user.db, user.user),
  userId: { $uuid: user.uuid },
  user: user.user,
  db: user.db,
  ...(user.customData === undefined ? {} : { customData: user.customData }),
  roles: user.roles.map((role) => ({ ...role })),
  mechanisms: ["SCRAM-SHA-1", "SCRAM-SHA-256"]
})

const usersInfo: Command = (request) => {
  const wanted = request.command.usersInfo
  const { data, db, session } = request
  const name =
    typeof wanted === "string"
      ? { user: wanted, db }
      : isDocument(wanted) && typeof wanted.user === "string"
        ? { user: wanted.user, db: textOf(wanted.db) ?? db }
        : undefined
  const own = name !== undefined && session.users.includes(userKey(name.db, name.user))
  const refused = own ? undefined : authorize(request, "viewUser", { db: name?.db ?? db })
  if (refused !== undefined) return refused
  const everywhere = isDocument(wanted) && flagOf(wanted.forAllDBs)
  const users = [...data.users.values()]
    .filter((user) => (name === undefined ? everywhere || user.db === db : user.user === name.user && user.db === name.db))
    .sort((a, b) => (userKey(a.db, a.user) < userKey(b.db, b.user) ? -1 : 1))
  return { reply: { users: users.map(describeUser), ok: 1 } }
}

const privilegesIn = (value: Value | undefined): ReadonlyArray<Privilege> =>
  !isArray(value)
    ? []
    : value.flatMap((one): ReadonlyArray<Privilege> => {
        if (!isDocument(one) || !isDocument(one.resource) || !isArray(one.actions)) return []
        const { resource } = one
        const actions = one.actions.filter((action) => typeof action === "string")
        if (flagOf(resource.cluster)) return [{ resource: { cluster: true }, actions }]
        if (flagOf(resource.anyResource)) return [{ resource: { anyResource: true }, actions }]
        return [{ resource: { db: textOf(resource.db) ?? "", collection: textOf(resource.collection) ?? "" }, actions }]
      })

const createRole: Command = (request) => {
  const { command, data, db } = request
  const role = named(request)
  const refused = authorize(request, "createRole", { db })
  if (refused !== undefined) return refused
  const roles = rolesIn(request, command.roles ?? [])
  if (roles instanceof Failure) return roles
  const key = `${db}.${role}`
  if (data.roles.has(key) || isBuiltin({ role, db })) return failure(51002, `Role "${role}@${db}" already exists`)
  return { reply: done, data: withRole(data, key, { role, db, privileges: privilegesIn(command.privileges), roles }) }
}

const dropRole: Command = (request) => {
  const refused = authorize(request, "dropRole", { db: request.db })
  if (refused !== undefined) return refused
  const role = named(request)
  const key = `${request.db}.${role}`
  if (!request.data.roles.has(key)) return failure(31, `Role '${role}@${request.db}' not found`)
  const without = withRole(request.data, key, undefined)
  const gone = { role, db: request.db }
  const data = [...without.users].reduce(
    (next, [userName, user]) =>
      user.roles.some(isSame(gone)) ? withUser(next, userName, { ...user, roles: revoked(user.roles, [gone]) }) : next,
    without
  )
  return { reply: done, data }
}

const rolesInfo: Command = (request) => {
  const refused = authorize(request, "viewRole", { db: request.db })
  if (refused !== undefined) return refused
  const wanted = request.command.rolesInfo
  const name = typeof wanted === "string" ? wanted : isDocument(wanted) ? textOf(wanted.role) : undefined
  const own = [...request.data.roles.values()]
    .filter(({ db }) => db === request.db)
    .map((role): Document => ({
      role: role.role,
      db: role.db,
      isBuiltin: false,
      roles: role.roles.map((one) => ({ ...one })),
      inheritedRoles: role.roles.map((one) => ({ ...one }))
    }))
  const builtin = builtinNames(request.db).map((role): Document => ({
    role,
    db: request.db,
    isBuiltin: true,
    roles: [],
    inheritedRoles: []
  }))
  const all = name !== undefined || flagOf(request.command.showBuiltinRoles) ? [...own, ...builtin] : own
  return { reply: { roles: all.filter(({ role }) => name === undefined || role === name), ok: 1 } }
}

const authenticate: Command = (request) => {
  const session = login(request, textOf(request.command.user) ?? "", textOf(request.command.pwd) ?? "", request.db)
  return session instanceof Failure ? session : { reply: done, session }
}

const logout: Command = (request) => ({
  reply: done,
  session: { users: request.session.users.filter((key) => !key.startsWith(`${request.db}.`)) }
})

const connectionStatus: Command = (request) => {
  const users = request.session.users.flatMap((key) => request.data.users.get(key) ?? [])
  return {
    reply: {
      authInfo: {
        authenticatedUsers: users.map(({ db, user }) => ({ user, db })),
        authenticatedUserRoles: users.flatMap(({ roles }) => roles.map((role) => ({ ...role })))
      },
      ok: 1
    }
  }
}

export const userCommands: Readonly<Record<string, Command>> = {
  createUser,
  updateUser,
  dropUser,
  dropAllUsersFromDatabase: dropAllUsers,
  grantRolesToUser: changeRoles("grantRole", granted),
  revokeRolesFromUser: changeRoles("revokeRole", revoked),
  usersInfo,
  createRole,
  dropRole,
  rolesInfo,
  authenticate,
  logout,
  connectionStatus
}
