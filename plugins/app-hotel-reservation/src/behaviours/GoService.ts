/**
 * The image `yinfangchen/hotelreservation`: one program over the table of services, started by the service's name as command. A service
 * fills and indexes its collections, announces itself in Consul, reads what it keeps in memory, then listens. It checks all of that once,
 * at start, and dies of what fails: that is what makes a lost database role visible, and only after a restart.
 */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { NetworkReply, ProgramContext, ProgramEffect, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import type { Json } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import { consulPort, type GoService, goServices, mongoPort, type Store } from "../GoServices.ts"
import * as Frontend from "./Frontend.ts"
import * as GoLog from "./GoLog.ts"
import { type Collection, seeds } from "./Seed.ts"

/** What is under way. `collection` counts the service's collections; their requests are asked one after the other. */
type State =
  | { readonly _tag: "Initial" }
  | { readonly _tag: "Connecting"; readonly since: number }
  | { readonly _tag: "Counting" | "Filling" | "Indexing" | "Reading"; readonly collection: number }
  | { readonly _tag: "Registering" }
  | { readonly _tag: "Serving" }
  | { readonly _tag: "Dead" }

/** The driver (mgo) looks for a server this long before it gives up with "no reachable servers". */
const dialMillis = 10_000
const redialMillis = 500
const redial = "redial"

const source = (service: GoService, file: string, line: number): string => `${file.replace("*", service.name)}:${line}`

const call = (service: GoService, store: Store, id: string, operation: string, payload?: Json): ProgramEffect => ({
  _tag: "Call",
  id,
  host: store.host,
  port: mongoPort,
  request: {
    protocol: "mongodb",
    operation,
    ...(payload === undefined ? {} : { payload }),
    ...(store.credentials === undefined ? {} : { credentials: store.credentials })
  }
})

const countOf = (reply: NetworkReply): number => {
  if (reply._tag !== "ok" || typeof reply.payload !== "object" || reply.payload === null || !("n" in reply.payload)) return 0
  return typeof reply.payload.n === "number" ? reply.payload.n : 0
}

const die = (effects: ReadonlyArray<ProgramEffect>): Step<State> => ({ state: { _tag: "Dead" }, effects })

/** The next step of filling the collections, or what follows when there are no more. */
const ask = (service: GoService, state: "Counting" | "Filling" | "Indexing" | "Reading", index: number, now: number): Step<State> => {
  const { store } = service
  const collection = (seeds[service.name] ?? [])[index]
  if (store === undefined || collection === undefined) return state === "Reading" ? serve(service, now) : register(service, now)
  const name = `${store.database}.${collection.name}`
  return {
    state: { _tag: state, collection: index },
    effects: [call(service, store, `${state}-${index}`, ...requestOf(state, name, collection))]
  }
}

const requestOf = (
  state: "Counting" | "Filling" | "Indexing" | "Reading",
  name: string,
  collection: Collection
): readonly [operation: string, payload: Json] => {
  switch (state) {
    case "Counting":
      return [`count ${name}`, { query: {} }]
    case "Filling":
      return [`insert ${name}`, { documents: collection.documents() }]
    case "Indexing":
      return [`createIndexes ${name}`, { indexes: [{ key: { [collection.key]: 1 }, name: `${collection.key}_1` }] }]
    case "Reading":
      return [`find ${name}`, { filter: {} }]
  }
}

const register = (service: GoService, now: number): Step<State> => ({
  state: { _tag: "Registering" },
  effects: [
    GoLog.line(now, "INF", source(service, "cmd/*/main.go", 69), "Connecting to consul at consul:8500"),
    {
      _tag: "Call",
      id: "register",
      host: "consul",
      port: consulPort,
      request: {
        protocol: "http",
        operation: "PUT /v1/agent/service/register",
        payload: { Name: service.registeredAs, Port: service.port }
      }
    }
  ]
})

const serve = (service: GoService, now: number): Step<State> => ({
  state: { _tag: "Serving" },
  effects: [
    { _tag: "Listen", port: service.port },
    { _tag: "Register", name: service.registeredAs, port: service.port },
    GoLog.line(
      now,
      "INF",
      source(service, "services/*/server.go", 99),
      `Registered in consul as ${service.registeredAs}, serving on port ${service.port}`
    )
  ]
})

const start = (service: GoService, now: number): Step<State> => {
  const opening = [
    GoLog.json(now, "TLS is off"),
    GoLog.json(now, "Log level is info"),
    GoLog.json(now, "GC percent is 100"),
    GoLog.line(now, "INF", source(service, "cmd/*/main.go", 23), "Reading config.json")
  ]
  const { store } = service
  if (store === undefined) {
    const next = register(service, now)
    return { state: next.state, effects: [...opening, ...next.effects] }
  }
  const connecting = GoLog.line(
    now,
    "INF",
    source(service, "cmd/*/main.go", 36),
    `Connecting to the database at ${store.host}:${mongoPort}`
  )
  return { state: { _tag: "Connecting", since: now }, effects: [...opening, connecting, call(service, store, "dial", "ping admin")] }
}

const dialled = (service: GoService, since: number, reply: NetworkReply, now: number): Step<State> => {
  const at = source(service, "cmd/*/db.go", 26)
  switch (reply._tag) {
    case "ok": {
      const next = ask(service, "Counting", 0, now)
      return { state: next.state, effects: [GoLog.line(now, "INF", at, "Database session opened"), ...next.effects] }
    }
    case "error":
      return die(GoLog.panic(now, at, `server returned error on SASL authentication step: ${reply.message}`))
    case "failure":
      return now - since >= dialMillis
        ? die(GoLog.panic(now, at, "no reachable servers"))
        : { state: { _tag: "Connecting", since }, effects: [{ _tag: "Timer", name: redial, afterMillis: redialMillis }] }
  }
}

const whyOf = (reply: NetworkReply): string | undefined =>
  reply._tag === "ok" ? undefined : reply._tag === "error" ? reply.message : "EOF"

const answered = (service: GoService, state: State, reply: NetworkReply, now: number): Step<State> => {
  if (state._tag === "Connecting") return dialled(service, state.since, reply, now)
  const why = whyOf(reply)
  switch (state._tag) {
    case "Counting":
      if (why !== undefined) return die(GoLog.fatal(now, source(service, "cmd/*/db.go", 36), why))
      return ask(service, countOf(reply) === 0 ? "Filling" : "Indexing", state.collection, now)
    case "Filling":
      if (why !== undefined) return die(GoLog.fatal(now, source(service, "cmd/*/db.go", 42), why))
      return ask(service, "Indexing", state.collection, now)
    case "Indexing":
      if (why !== undefined) return die(GoLog.fatal(now, source(service, "cmd/*/db.go", 121), why))
      return ask(service, "Counting", state.collection + 1, now)
    case "Registering": {
      if (why === undefined) return readsAll(service) ? ask(service, "Reading", 0, now) : serve(service, now)
      const text = reply._tag === "failure" ? reply.message : why
      return die(
        GoLog.fatal(
          now,
          source(service, "cmd/*/main.go", 86),
          `failed register: Put "http://consul:8500/v1/agent/service/register": ${text}`
        )
      )
    }
    case "Reading":
      if (why !== undefined) return die(GoLog.fatal(now, source(service, "services/*/server.go", 151), why))
      return ask(service, "Reading", state.collection + 1, now)
    default:
      return { state, effects: [] }
  }
}

/** Between themselves they speak gRPC, which HTTP/1.1 is nothing to. */
const hungUp: NetworkReply = { _tag: "failure", failure: "reset", message: "connection reset by peer" }

/** These keep their collection in memory; the others ask the store when the cache misses. */
const readsAll = (service: GoService): boolean => service.name === "geo" || service.name === "user" || service.name === "recommendation"

const step =
  (service: GoService) =>
  (state: State, input: ProgramInput, { now }: ProgramContext): Step<State> => {
    switch (input._tag) {
      case "Start":
        return start(service, now)
      case "Timer":
        return state._tag === "Connecting" && service.store !== undefined && input.name === redial
          ? { state, effects: [call(service, service.store, "dial", "ping admin")] }
          : { state, effects: [] }
      case "Reply":
        return answered(service, state, input.reply, now)
      case "Request": {
        const { operation, protocol } = input.request
        const reply = protocol !== "http" ? ({ _tag: "ok" } as const) : service.name === "frontend" ? Frontend.answer(operation) : hungUp
        return { state, effects: [{ _tag: "Answer", reply }] }
      }
      case "Exec":
        return {
          state,
          effects: [{ _tag: "Output", stdout: "", stderr: `${input.argv[0] ?? ""}: the service is already running\n`, exitCode: 1 }]
        }
      case "Signal":
        return die([{ _tag: "Exit", code: 2 }])
      case "Input":
        return { state, effects: [] }
    }
  }

const programs: ReadonlyMap<string, Behaviour.Program> = new Map(
  goServices.map((service) => [service.name, Behaviour.program<State>({ initial: { _tag: "Initial" }, step: step(service) })])
)

const config = JSON.stringify(
  {
    consulAddress: "consul:8500",
    jaegerAddress: "jaeger:6831",
    ...Object.fromEntries(
      goServices.flatMap(({ cache, name, port, store }): ReadonlyArray<readonly [string, string]> => {
        const key = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
        return [
          [`${key}Port`, String(port)],
          ...(store === undefined ? [] : [[`${key}MongoAddress`, `${store.host}:${mongoPort}`] as const]),
          ...(cache === undefined ? [] : [[`${key}MemcAddress`, `${cache.host}:11211`] as const])
        ]
      })
    )
  },
  undefined,
  2
)

/** `/go/bin/geo` and `geo` start the same program; any other command is not found in the image. */
export const hotelReservation = Behaviour.make({
  name: "hotel-reservation",
  summary: "The eight Go services of the hotel reservation",
  images: ["yinfangchen/hotelreservation"],
  command: ["frontend"],
  sizeMiB: 320,
  program: (argv) => programs.get((argv[0] ?? "").replace(/^\/go\/bin\//u, "")),
  programs: goServices.flatMap(({ name }) => [name, `/go/bin/${name}`]),
  executables: [],
  shell: "bash",
  files: { "/go/src/github.com/harlow/go-micro-services/config.json": `${config}\n` },
  prepare: Effect.void
})
