/**
 * Who a request says that it is from, beside who sent it: the sender must be allowed the verb `impersonate` on each part of it. Source:
 * apiserver `pkg/endpoints/filters/impersonation.go`.
 */
import type { Identity, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { forbidden } from "../Forbidden.ts"
import * as Principals from "../Principals.ts"
import { anonymous, authenticated, unauthenticated } from "../Principals.ts"
import type { Attributes } from "../Rbac.ts"
import { isMaster } from "../Rbac.ts"
import { dnsLabel, subdomain } from "../validation/Names.ts"

/** Groups, a uid or extras of nobody: told as plain text. */
export class Nobody extends Schema.TaggedError<Nobody>()("Nobody", { requested: Schema.String }) {
  override get message() {
    return `requested [${this.requested}] without impersonating a user`
  }
}

/** Whether RBAC lets somebody do something. */
export type Authorize = (identity: Identity, attributes: Attributes) => Effect.Effect<boolean>

/** Where nobody can be asked. */
export const mastersOnly: Authorize = (identity) => Effect.succeed(isMaster(identity))

/** A part of whom the request is from. */
interface Part {
  readonly resource: "users" | "serviceaccounts" | "groups" | "userextras" | "uids"
  readonly namespace: string
  readonly name: string
  readonly key: string
}

const api = "authentication.k8s.io"

const attributesOf = ({ key, name, namespace, resource }: Part): Attributes => ({
  kind: "resource",
  verb: "impersonate",
  group: resource === "userextras" || resource === "uids" ? api : "",
  resource,
  subresource: key,
  namespace,
  name
})

const kinds: Readonly<Record<Part["resource"], string>> = {
  users: "User",
  serviceaccounts: "ServiceAccount",
  groups: "Group",
  userextras: "UserExtra",
  uids: "UID"
}

/** As Go prints a reference: kind, namespace, name, uid, version, revision, path. */
const shown = (part: Part): string => {
  const version = attributesOf(part)
  const isOfApi = version.kind === "resource" && version.group === api
  return `{${[kinds[part.resource], part.namespace, part.name, "", isOfApi ? `${api}/v1` : "", "", part.key].join(" ")}}`
}

/** Header by header: Node joins those that recur. */
const headersOf = (raw: ReadonlyArray<string>): ReadonlyArray<readonly [name: string, value: string]> =>
  raw.flatMap((value, i) => (i % 2 === 1 ? [[(raw[i - 1] ?? "").toLowerCase(), value] as const] : []))

const prefix = "impersonate-extra-"

const keyOf = (header: string): string => {
  const key = header.slice(prefix.length)
  return /%(?![0-9a-f]{2})/u.test(key)
    ? key
    : Buffer.from(
        key.replace(/%([0-9a-f]{2})/gu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        "latin1"
      ).toString()
}

const accountNamed = (user: string): Principals.ServiceAccount | undefined => {
  const account = Principals.accountOf(user)
  const isNamed = account !== undefined && dnsLabel.pattern.test(account.namespace) && subdomain.pattern.test(account.name)
  return isNamed ? account : undefined
}

/** The groups that nobody has to ask for. */
const implied = (user: string, given: ReadonlyArray<string>): ReadonlyArray<string> => {
  const account = accountNamed(user)
  const groups = account === undefined || given.length > 0 ? given : Principals.accountGroups(account.namespace)
  if (user === anonymous) return groups.includes(unauthenticated) ? groups : [...groups, unauthenticated]
  return groups.includes(authenticated) || groups.includes(unauthenticated) ? groups : [...groups, authenticated]
}

/** Whom the request is from in the end. */
export const impersonated = (
  rawHeaders: ReadonlyArray<string>,
  sender: Identity,
  authorize: Authorize
): Effect.Effect<Identity, KubeStatus | Nobody> =>
  Effect.gen(function* () {
    const headers = headersOf(rawHeaders)
    const values = (name: string) => headers.flatMap(([one, value]) => (one === name ? [value] : []))
    const [user = ""] = values("impersonate-user")
    const [uid = ""] = values("impersonate-uid")
    const groups = values("impersonate-group")
    const extra: Record<string, ReadonlyArray<string>> = {}
    for (const [name, value] of headers) {
      if (name.startsWith(prefix)) extra[keyOf(name)] = [...(extra[keyOf(name)] ?? []), value]
    }
    const account = accountNamed(user)
    const cluster = { namespace: "", key: "" }
    const whom: Part =
      account === undefined ? { resource: "users", name: user, ...cluster } : { resource: "serviceaccounts", ...account, key: "" }
    const rest: ReadonlyArray<Part> = [
      ...groups.map((name): Part => ({ resource: "groups", name, ...cluster })),
      ...Object.entries(extra).flatMap(([key, names]) => names.map((name): Part => ({ resource: "userextras", namespace: "", name, key }))),
      ...(uid === "" ? [] : [{ resource: "uids", name: uid, ...cluster } satisfies Part])
    ]
    if (user === "") {
      if (rest.length > 0) return yield* new Nobody({ requested: rest.map(shown).join(" ") })
      return sender
    }
    for (const part of [whom, ...rest]) {
      const attributes = attributesOf(part)
      if (!(yield* authorize(sender, attributes))) return yield* forbidden(sender, attributes)
    }
    return {
      user,
      groups: implied(user, groups),
      groupsAre: "complete",
      ...(uid === "" ? {} : { uid }),
      ...(Object.keys(extra).length === 0 ? {} : { extra })
    }
  })
