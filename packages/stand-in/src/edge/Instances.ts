/**
 * Who is registered with a registry. A registration is a request that the registry never ends: it lasts for as long as both live, and a
 * registry that starts anew knows nobody, as the real one's memory is gone.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Address } from "../Machine.ts"
import * as Dial from "./Dial.ts"
import { opened } from "./Opened.ts"
import { text } from "./Wire.ts"

const path = "/aiopslab/instances"

const Instance = Schema.Struct({ host: Schema.String, port: Schema.Int })
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Instance)))

export interface Registrations {
  /** Whether the request was about registrations, and is taken care of. */
  readonly handles: (message: IncomingMessage, response: ServerResponse) => boolean
}

const parametersOf = (message: IncomingMessage): URLSearchParams | undefined => {
  const [target, query = ""] = (message.url ?? "").split("?")
  return target === path ? new URLSearchParams(query) : undefined
}

export const registrations = (): Registrations => {
  const known = new Map<ServerResponse, Address & { readonly name: string }>()
  return {
    handles: (message, response) => {
      const parameters = parametersOf(message)
      if (parameters === undefined) return false
      const name = parameters.get("name") ?? ""
      if (message.method === "POST") {
        known.set(response, { name, host: parameters.get("host") ?? "", port: Number(parameters.get("port")) })
        response.on("close", () => known.delete(response))
        response.writeHead(200)
        response.write("\n")
        return true
      }
      response.writeHead(200, { "content-type": "application/json", connection: "close" })
      response.end(JSON.stringify([...known.values()].filter((one) => one.name === name).map(({ host, port }) => ({ host, port }))))
      return true
    }
  }
}

const asked = ({ host, port }: Address, method: "GET" | "POST", parameters: Readonly<Record<string, string>>) =>
  Effect.flatMap(Dial.lookup(host), (address) =>
    opened({ host: address, port, method, path: `${path}?${new URLSearchParams(parameters).toString()}` })
  )

/** Returns when the registration has ended. */
export const announce = (registry: Address, host: string, name: string, port: number): Effect.Effect<void> =>
  asked(registry, "POST", { name, host, port: String(port) }).pipe(Effect.flatMap(text), Effect.ignore)

/** How long a registry may take to answer. */
const patience = "5 seconds"

export const find = (registry: Address, name: string): Effect.Effect<ReadonlyArray<Address> | undefined> =>
  asked(registry, "GET", { name }).pipe(
    Effect.flatMap(text),
    Effect.map((body) => Option.getOrUndefined(decode(body ?? ""))),
    Effect.timeoutOption(patience),
    Effect.map(Option.getOrUndefined),
    Effect.catch(() => Effect.succeed(undefined))
  )
