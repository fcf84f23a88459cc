/**
 * The eight Go services, as DeathStarBench runs them: one table that manifests, topology and behaviour are made from. Ports, registry
 * names, databases and container names are upstream's.
 */

/** A user of a store with `--auth`. Both live in the database `admin`. */
export interface Credentials {
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface Store {
  /** Deployment, Service and label value. */
  readonly host: string
  readonly container: string
  readonly database: string
  /** Names its volume, its claim and, where upstream sets one, its host name. */
  readonly volume: string
  readonly hostname?: string
  /** What the service logs in with; without, the store runs without `--auth`. */
  readonly credentials?: Credentials
}

export interface Cache {
  readonly host: string
  readonly container: string
}

export interface GoService {
  readonly name: string
  readonly port: number
  readonly container: string
  readonly registeredAs: string
  readonly store?: Store
  readonly cache?: Cache
}

/** The user that an application service logs in with. */
export const appUser: Credentials = { user: "admin", password: "admin", database: "admin" }
/** The user that administers a store. */
export const rootUser: Credentials = { user: "root", password: "root", database: "admin" }

export const mongoPort = 27017
export const memcachedPort = 11211
export const consulPort = 8500

const service = (
  name: string,
  port: number,
  more: { readonly store?: Omit<Store, "container" | "database" | "host"> & { readonly container?: string }; readonly cache?: Cache } = {}
): GoService => ({
  name,
  port,
  container: `hotel-reserv-${name}`,
  registeredAs: `srv-${name}`,
  ...(more.store === undefined
    ? {}
    : {
        store: { container: `hotel-reserv-${name}-mongo`, ...more.store, host: `mongodb-${name}`, database: `${name}-db` }
      }),
  ...(more.cache === undefined ? {} : { cache: more.cache })
})

export const goServices: ReadonlyArray<GoService> = [
  service("frontend", 5000),
  service("profile", 8081, {
    store: { volume: "profile", hostname: "profile-db" },
    cache: { host: "memcached-profile", container: "hotel-reserv-profile-mmc" }
  }),
  service("search", 8082),
  service("geo", 8083, { store: { volume: "geo", credentials: appUser } }),
  service("rate", 8084, {
    store: { volume: "rate", credentials: appUser },
    cache: { host: "memcached-rate", container: "hotel-reserv-rate-mmc" }
  }),
  service("recommendation", 8085, { store: { volume: "recommendation", hostname: "recommendation-db" } }),
  service("user", 8086, { store: { volume: "user", hostname: "user-db" } }),
  service("reservation", 8087, {
    store: { volume: "reservation", hostname: "reservation-db" },
    cache: { host: "memcached-reserve", container: "hotel-reserv-reservation-mmc" }
  })
]
