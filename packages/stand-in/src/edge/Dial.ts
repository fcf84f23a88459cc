/** Names, connections, and how they fail: in the words of a Go program, as the simulator's do. */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import { lookup as lookUp } from "node:dns"
import { readFileSync } from "node:fs"

type Failure = Extract<NetworkReply, { readonly _tag: "failure" }>

const of = (failure: Failure["failure"], message: string): Failure => ({ _tag: "failure", failure, message })

export const reset = of("reset", "read: connection reset by peer")

export const timedOut = (address: string, port: number): Failure => of("timeout", `dial tcp ${address}:${port}: i/o timeout`)

/** Whom the container asks for names. */
const nameserver = Effect.sync(() => /^nameserver\s+(\S+)/mu.exec(readFileSync("/etc/resolv.conf", "utf8"))?.[1] ?? "").pipe(
  Effect.catchDefect(() => Effect.succeed(""))
)

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "")

const unnamed = (host: string, error: Error) =>
  Effect.map(nameserver, (server) => {
    const asked = `dial tcp: lookup ${host} on ${server}:53`
    return codeOf(error) === "ENOTFOUND" ? of("no-such-host", `${asked}: no such host`) : of("timeout", `${asked}: i/o timeout`)
  })

/** An address of the name. */
export const lookup = (host: string): Effect.Effect<string, Failure> =>
  Effect.callback<string, Error>((resume) => {
    lookUp(host, { family: 4 }, (error, address) => resume(error === null ? Effect.succeed(address) : Effect.fail(error)))
  }).pipe(Effect.catch((error) => Effect.flatMap(unnamed(host, error), Effect.fail)))

/** Why a connection or an exchange broke off. */
export const failure = (error: Error, address: string, port: number): Failure => {
  switch (codeOf(error)) {
    case "ECONNREFUSED":
      return of("refused", `dial tcp ${address}:${port}: connect: connection refused`)
    case "EHOSTUNREACH":
      return of("timeout", `dial tcp ${address}:${port}: connect: no route to host`)
    case "ETIMEDOUT":
      return timedOut(address, port)
    default:
      return reset
  }
}
