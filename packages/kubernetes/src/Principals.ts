/** Users and groups that the server knows by name. */
import type { Identity } from "@aiopslab/core/Kubernetes"

export const masters = "system:masters"
export const anonymous = "system:anonymous"
export const authenticated = "system:authenticated"
export const unauthenticated = "system:unauthenticated"

const accounts = "system:serviceaccounts"

export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

export const userOf = ({ name, namespace }: ServiceAccount): string => `system:serviceaccount:${namespace}:${name}`

/** `undefined` for a user that is no service account. */
export const accountOf = (user: string): ServiceAccount | undefined => {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/u.exec(user) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

/** Those that all service accounts of a namespace are in, without that of everybody. */
export const accountGroups = (namespace: string): ReadonlyArray<string> => [accounts, `${accounts}:${namespace}`]

export const accountIdentity = (account: ServiceAccount): Identity => ({
  user: userOf(account),
  groups: [...accountGroups(account.namespace), authenticated]
})
