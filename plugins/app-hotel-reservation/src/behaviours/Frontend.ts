/** What the frontend answers over HTTP, from the data that the services begin with. Upstream it is put together from their answers. */
import * as Crypto from "node:crypto"
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import type { Json } from "@aiopslab/core/Kubernetes"
import { documentsOf } from "./Seed.ts"

type Fields = Readonly<Record<string, Json>>

const isFields = (one: Json): one is Fields => typeof one === "object" && one !== null && !Array.isArray(one)

/** Kept: a login would have to hash every password again. */
const kept = new Map<string, ReadonlyArray<Fields>>()

const fields = (service: string, collection: string): ReadonlyArray<Fields> => {
  const known = kept.get(collection) ?? documentsOf(service, collection).filter(isFields)
  kept.set(collection, known)
  return known
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "")
const number = (value: Json | undefined): number => (typeof value === "number" ? value : 0)
const within = (value: Json | undefined, key: string): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined

const ok = (payload: Json): NetworkReply => ({ _tag: "ok", payload })
const bad = (message: string): NetworkReply => ({ _tag: "error", code: "400", message })

/** Kilometres over ground. */
const distance = (lat: number, lon: number, to: Fields): number => {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [a, b] = [radians(lat), radians(number(to["lat"]))]
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(number(to["lon"]) - lon) / 2) ** 2
  return 2 * 6_371 * Math.asin(Math.sqrt(half))
}

/** services/geo: at most five, at most ten kilometres away. */
const near = (lat: number, lon: number): ReadonlyArray<string> =>
  fields("geo", "geo")
    .map((hotel) => ({ id: text(hotel["hotelId"]), away: distance(lat, lon, hotel) }))
    .filter(({ away }) => away <= 10)
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 5)
    .map(({ id }) => id)

/** services/rate: those that have a price, the dearest first. */
const priced = (ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  fields("rate", "inventory")
    .filter((plan) => ids.includes(text(plan["hotelId"])))
    .map((plan) => ({ id: text(plan["hotelId"]), rate: number(within(plan["roomType"], "totalRate")) }))
    .toSorted((a, b) => b.rate - a.rate)
    .map(({ id }) => id)

const features = (ids: ReadonlyArray<string>): Json => {
  const profiles = fields("profile", "hotels")
  return {
    features: ids.flatMap((id) => {
      const profile = profiles.find((one) => one["id"] === id)
      if (profile === undefined) return []
      const coordinates = [number(within(profile["address"], "lon")), number(within(profile["address"], "lat"))]
      const properties = { name: text(profile["name"]), phone_number: text(profile["phoneNumber"]) }
      return [{ geometry: { coordinates, type: "Point" }, id, properties, type: "Feature" }]
    }),
    type: "FeatureCollection"
  }
}

/** services/recommendation: all that are best. */
const best = (measure: (hotel: Fields) => number): ReadonlyArray<string> => {
  const hotels = fields("recommendation", "recommendation")
  const least = Math.min(...hotels.map(measure))
  return hotels.filter((one) => measure(one) === least).map((one) => text(one["hotelId"]))
}

const knows = (username: string, password: string): boolean => {
  const hashed = Crypto.hash("sha256", password)
  return fields("user", "user").some((one) => one["username"] === username && one["password"] === hashed)
}

const wrongLogin = "Failed. Please check your username and password. "

const needed = (query: URLSearchParams, ...names: ReadonlyArray<string>): boolean => names.every((name) => (query.get(name) ?? "") !== "")

const noDates = bad("Please specify inDate/outDate params")
const noPlace = bad("Please specify location params")
const noLogin = bad("Please specify username and password")

const pages: Readonly<Record<string, (query: URLSearchParams) => NetworkReply>> = {
  "/hotels": (query) => {
    if (!needed(query, "inDate", "outDate")) return noDates
    return needed(query, "lat", "lon") ? ok(features(priced(near(Number(query.get("lat")), Number(query.get("lon")))))) : noPlace
  },
  "/recommendations": (query) => {
    if (!needed(query, "lat", "lon")) return noPlace
    switch (query.get("require")) {
      case "dis":
        return ok(features(best((hotel) => distance(Number(query.get("lat")), Number(query.get("lon")), hotel))))
      case "rate":
        return ok(features(best((hotel) => -number(hotel["rate"]))))
      case "price":
        return ok(features(best((hotel) => number(hotel["price"]))))
      default:
        return bad("Please specify require params")
    }
  },
  "/user": (query) => {
    if (!needed(query, "username", "password")) return noLogin
    return ok({ message: knows(query.get("username") ?? "", query.get("password") ?? "") ? "Login successfully!" : wrongLogin })
  },
  "/reservation": (query) => {
    if (!needed(query, "inDate", "outDate")) return noDates
    const dates = [query.get("inDate") ?? "", query.get("outDate") ?? ""]
    if (!dates.every((date) => /^\d{4}-\d\d-\d\d$/u.test(date))) return bad("Please check inDate/outDate format (YYYY-MM-DD)")
    if (!needed(query, "hotelId")) return bad("Please specify hotelId params")
    if (!needed(query, "customerName")) return bad("Please specify customerName params")
    if (!needed(query, "username", "password")) return noLogin
    return ok({ message: knows(query.get("username") ?? "", query.get("password") ?? "") ? "Reserve successfully!" : wrongLogin })
  }
}

/** Nothing of a request that names no path: such one asks whether somebody is there. */
export const answer = (operation: string): NetworkReply => {
  const [, path = "", query = ""] = /^[A-Z]+ (\/[^?]*)\??(.*)$/u.exec(operation) ?? []
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  if (page !== undefined) return page(new URLSearchParams(query))
  return path === "" || path === "/" ? { _tag: "ok" } : { _tag: "error", code: "404", message: "404 page not found" }
}
