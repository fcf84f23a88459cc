/**
 * How users' requests travel: frontend → search (geo, rate) → reservation → profile, as DeathStarBench's handlers call. geo, user and
 * recommendation read their collections once at start and answer from memory; rate, profile and reservation ask memcached first and
 * their database for what it misses. Latencies are those of an idle node: a user's request takes a few milliseconds.
 */
import type { NetworkRequest } from "@aiopslab/core/Behaviour"
import type { Call, Handler, Latency, Operation, Service, Topology } from "@aiopslab/core/Topology"
import { type GoService, goServices, memcachedPort, mongoPort, rootUser } from "./GoServices.ts"

const own = (medianMillis: number, sigma = 0.35): Latency => ({ medianMillis, sigma })

const grpc = (to: string, handler: string): Call => ({ to, handler })

const serviceNamed = (name: string): GoService => {
  const found = goServices.find((service) => service.name === name)
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

/** Share of look-ups that memcached cannot answer once it is warm. */
const missShare = 0.05

const lookUp = (name: string, keys: string): Call => ({
  to: serviceNamed(name).cache?.host ?? "",
  request: { protocol: "memcached", operation: `get ${keys}` }
})

const insert = (name: string, collection: string, document: NetworkRequest["payload"]): Call => {
  const store = serviceNamed(name).store
  return {
    to: store?.host ?? "",
    request: { protocol: "mongodb", operation: `insert ${store?.database}.${collection}`, payload: { documents: [document ?? {}] } }
  }
}

const query = (name: string, collection: string, filter: NetworkRequest["payload"], share: number): Call => {
  const store = serviceNamed(name).store
  return {
    to: store?.host ?? "",
    request: {
      protocol: "mongodb",
      operation: `find ${store?.database}.${collection}`,
      payload: { filter: filter ?? {} },
      ...(store?.credentials === undefined ? {} : { credentials: store.credentials })
    },
    share
  }
}

const failedLine = (file: string, what: string): Handler["log"] => ({ failed: `{time} ERR ${file} > ${what}: {error}` })

interface Behind {
  readonly latency: Latency
  readonly cpuMillis: number
  readonly calls?: ReadonlyArray<ReadonlyArray<Call>>
  readonly log?: Handler["log"]
}

const handler = ({ calls, cpuMillis, latency, log }: Behind): Handler => ({
  latency,
  calls: calls ?? [],
  cpuMillis,
  ...(log === undefined ? {} : { log })
})

const frontend = (path: string, calls: ReadonlyArray<ReadonlyArray<Call>>): Handler =>
  handler({
    latency: own(0.7),
    cpuMillis: 0.8,
    calls,
    log: failedLine("services/frontend/server.go:113", `{method} {path} answered with 500 (${path})`)
  })

const getProfiles = grpc("profile", "profile.Profile/GetProfiles")
const checkUser = grpc("user", "user.User/CheckUser")

const handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  frontend: {
    "HTTP GET /hotels": frontend("hotels", [
      [grpc("search", "search.Search/Nearby")],
      [grpc("reservation", "reservation.Reservation/CheckAvailability")],
      [getProfiles]
    ]),
    "HTTP GET /recommendations": frontend("recommendations", [
      [grpc("recommendation", "recommendation.Recommendation/GetRecommendations")],
      [getProfiles]
    ]),
    "HTTP POST /user": frontend("user", [[checkUser]]),
    "HTTP POST /reservation": frontend("reservation", [[checkUser], [grpc("reservation", "reservation.Reservation/MakeReservation")]])
  },
  search: {
    "search.Search/Nearby": handler({
      latency: own(0.4),
      cpuMillis: 0.4,
      calls: [[grpc("geo", "geo.Geo/Nearby")], [grpc("rate", "rate.Rate/GetRates")]],
      log: failedLine("services/search/server.go:120", "nearby search failed")
    })
  },
  geo: { "geo.Geo/Nearby": handler({ latency: own(0.3), cpuMillis: 0.5 }) },
  rate: {
    "rate.Rate/GetRates": handler({
      latency: own(0.4),
      cpuMillis: 0.4,
      calls: [[lookUp("rate", "1 2 3")], [query("rate", "inventory", { hotelId: "1" }, missShare)]],
      log: failedLine("services/rate/server.go:149", "no rates")
    })
  },
  profile: {
    "profile.Profile/GetProfiles": handler({
      latency: own(0.45),
      cpuMillis: 0.5,
      calls: [[lookUp("profile", "1 2 3 4 5")], [query("profile", "hotels", { id: "1" }, missShare)]],
      log: failedLine("services/profile/server.go:146", "no profiles")
    })
  },
  recommendation: {
    "recommendation.Recommendation/GetRecommendations": handler({ latency: own(0.3), cpuMillis: 0.4 })
  },
  user: { "user.User/CheckUser": handler({ latency: own(0.25), cpuMillis: 0.3 }) },
  reservation: {
    "reservation.Reservation/CheckAvailability": handler({
      latency: own(0.5),
      cpuMillis: 0.5,
      calls: [
        [lookUp("reservation", "1_cap 2_cap 3_cap")],
        [query("reservation", "number", { hotelId: "1" }, missShare)],
        [query("reservation", "reservation", { hotelId: "1", inDate: "2015-04-09", outDate: "2015-04-10" }, missShare)]
      ],
      log: failedLine("services/reservation/server.go:254", "availability unknown")
    }),
    "reservation.Reservation/MakeReservation": handler({
      latency: own(0.6),
      cpuMillis: 0.6,
      calls: [
        [lookUp("reservation", "1_2015-04-09_2015-04-10 1_cap")],
        [query("reservation", "reservation", { hotelId: "1", inDate: "2015-04-09", outDate: "2015-04-10" }, 1)],
        [
          insert("reservation", "reservation", {
            hotelId: "1",
            customerName: "Cornell_1",
            inDate: "2015-04-09",
            outDate: "2015-04-10",
            number: 1
          })
        ]
      ],
      log: failedLine("services/reservation/server.go:190", "reservation not made")
    })
  }
}

const goService = ({ container, name, port, registeredAs, store }: GoService): Service => ({
  workload: name,
  container,
  port,
  protocol: name === "frontend" ? "http" : "grpc",
  discovery: name === "frontend" ? { _tag: "kubernetes" } : { _tag: "registry", registeredAs, registry: "consul" },
  handlers: handlers[name] ?? {},
  ...(store === undefined
    ? {}
    : {
        needs: [
          {
            store: store.host,
            database: store.database,
            ...(store.credentials === undefined ? {} : { credentials: store.credentials })
          }
        ]
      })
})

const dependency = (workload: string, container: string, port: number, protocol: NetworkRequest["protocol"]): Service => ({
  workload,
  container,
  port,
  protocol,
  discovery: { _tag: "kubernetes" },
  handlers: {}
})

const services = (): Readonly<Record<string, Service>> => {
  const all: Record<string, Service> = {}
  for (const one of goServices) {
    all[one.name] = goService(one)
    if (one.store !== undefined) {
      const store = dependency(one.store.host, one.store.container, mongoPort, "mongodb")
      all[one.store.host] = one.store.credentials === undefined ? store : { ...store, administrator: rootUser }
    }
    if (one.cache !== undefined) all[one.cache.host] = dependency(one.cache.host, one.cache.container, memcachedPort, "memcached")
  }
  return all
}

const stay = "inDate=2015-04-09&outDate=2015-04-10"
const place = "lat=37.7749&lon=-122.4194"
const login = "username=Cornell_1&password=1111111111"

const operation = (method: Operation["method"], name: string, parameters: string): Operation => ({
  method,
  path: `/${name}?${parameters}`,
  service: "frontend",
  handler: `HTTP ${method} /${name}`
})

export const topology: Topology = {
  entry: { service: "frontend", port: 5000 },
  operations: {
    hotels: operation("GET", "hotels", `${stay}&${place}`),
    recommendations: operation("GET", "recommendations", `require=rate&${place}`),
    user: operation("POST", "user", login),
    reservation: operation("POST", "reservation", `${stay}&${place}&hotelId=1&customerName=Cornell_1&${login}&number=1`)
  },
  services: services()
}
