/**
 * The data that the services write into an empty database at start, with upstream's formulas: 80 hotels around San Francisco, 501 users.
 * A collection is filled when it holds nothing yet.
 */
import * as Crypto from "node:crypto"
import type { Json } from "@aiopslab/core/Kubernetes"

export interface Collection {
  readonly name: string
  /** The field that the service makes an index for. */
  readonly key: string
  readonly documents: () => ReadonlyArray<Json>
}

const numbers = (from: number, to: number): ReadonlyArray<number> => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Hotels 1 to 6 by hand, then a line of them. */
const places: ReadonlyArray<readonly [lat: number, lon: number]> = [
  [37.7867, -122.4112],
  [37.7854, -122.4005],
  [37.7854, -122.4071],
  [37.7936, -122.393],
  [37.7831, -122.4181],
  [37.7863, -122.4015],
  ...numbers(7, 80).map((i) => [37.7835 + (i / 500) * 3, -122.41 + (i / 500) * 4] as const)
]

const hotels = (of: (id: string, lat: number, lon: number, i: number) => Json): ReadonlyArray<Json> =>
  places.map(([lat, lon], index) => of(String(index + 1), lat, lon, index + 1))

const geo: Collection = { name: "geo", key: "hotelId", documents: () => hotels((hotelId, lat, lon) => ({ hotelId, lat, lon })) }

const roomType = (bookableRate: number, code: string, description: string, totalRate = bookableRate): Json => ({
  bookableRate,
  totalRate,
  totalRateInclusive: Math.round(totalRate * 113) / 100,
  code,
  currency: "",
  roomDescription: description
})

const plan = (hotelId: string, outDate: string, room: Json): Json => ({
  hotelId,
  code: "RACK",
  inDate: "2015-04-09",
  outDate,
  roomType: room
})

const rateOf = (i: number): number => ({ 0: 109, 1: 139, 2: 179, 3: 119, 4: 159 })[i % 5] ?? 109

const inventory: Collection = {
  name: "inventory",
  key: "hotelId",
  documents: () => [
    plan("1", "2015-04-10", roomType(109, "KNG", "King sized bed")),
    plan("2", "2015-04-10", roomType(139, "QN", "Queen sized bed")),
    plan("3", "2015-04-10", roomType(109, "KNG", "King sized bed")),
    ...numbers(7, 80)
      .filter((i) => i % 3 === 0)
      .map((i) => plan(String(i), i % 2 === 0 ? "2015-04-17" : "2015-04-24", roomType(rateOf(i), "KNG", "King sized bed")))
  ]
}

const names = ["Clift Hotel", "W San Francisco", "Hotel Zetta", "Hotel Vitale", "Phoenix Hotel", "St. Regis San Francisco"]

const profiles: Collection = {
  name: "hotels",
  key: "id",
  documents: () =>
    hotels((id, lat, lon, i) => ({
      id,
      name: names[i - 1] ?? `Hotel ${i}`,
      phoneNumber: `(415) 284-40${String(i % 100).padStart(2, "0")}`,
      description: "",
      address: {
        streetNumber: String(400 + i),
        streetName: "Geary St",
        city: "San Francisco",
        state: "CA",
        country: "United States",
        postalCode: "94102",
        lat,
        lon
      }
    }))
}

const recommendations: Collection = {
  name: "recommendation",
  key: "hotelId",
  documents: () => hotels((hotelId, lat, lon, i) => ({ hotelId, lat, lon, rate: rateOf(i), price: rateOf(i) * (1 + (i % 3) / 10) }))
}

/** `Cornell_<i>`, whose password is the number ten times over; the database holds its SHA-256. */
const users: Collection = {
  name: "user",
  key: "username",
  documents: () =>
    numbers(0, 500).map((i) => ({
      username: `Cornell_${i}`,
      password: Crypto.hash("sha256", String(i).repeat(10))
    }))
}

const rooms: Collection = {
  name: "number",
  key: "hotelId",
  documents: () =>
    numbers(1, 80).map((i) => ({ hotelId: String(i), numberOfRoom: i % 3 === 1 && i > 6 ? 300 : i % 3 === 2 && i > 6 ? 250 : 200 }))
}

const reservations: Collection = {
  name: "reservation",
  key: "hotelId",
  documents: () => [{ hotelId: "4", customerName: "Alice", inDate: "2015-04-09", outDate: "2015-04-10", number: 1 }]
}

/** What each service keeps, by service. */
export const seeds: Readonly<Record<string, ReadonlyArray<Collection>>> = {
  geo: [geo],
  rate: [inventory],
  profile: [profiles],
  recommendation: [recommendations],
  user: [users],
  reservation: [reservations, rooms]
}

/** Of a service's collection. */
export const documentsOf = (service: string, collection: string): ReadonlyArray<Json> =>
  seeds[service]?.find(({ name }) => name === collection)?.documents() ?? []
