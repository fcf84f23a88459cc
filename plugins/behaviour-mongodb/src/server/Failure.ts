/** Errors of the server with the codes and names of its `error_codes.yml`. */
import type { Document } from "./Value.ts"

const names: Readonly<Record<number, string>> = {
  2: "BadValue",
  9: "FailedToParse",
  11: "UserNotFound",
  13: "Unauthorized",
  14: "TypeMismatch",
  18: "AuthenticationFailed",
  26: "NamespaceNotFound",
  27: "IndexNotFound",
  31: "RoleNotFound",
  48: "NamespaceExists",
  59: "CommandNotFound",
  73: "InvalidNamespace",
  11000: "DuplicateKey"
}

export class Failure {
  readonly code: number
  readonly errmsg: string
  constructor(code: number, errmsg: string) {
    this.code = code
    this.errmsg = errmsg
  }
  get codeName(): string {
    return names[this.code] ?? `Location${this.code}`
  }
  get reply(): Document {
    return { ok: 0, errmsg: this.errmsg, code: this.code, codeName: this.codeName }
  }
}

export const failure = (code: number, errmsg: string): Failure => new Failure(code, errmsg)
