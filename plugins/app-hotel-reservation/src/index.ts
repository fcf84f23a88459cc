/** DeathStarBench's hotel reservation: manifests, topology, and the behaviours of its own images. MongoDB is `@aiopslab/behaviour-mongodb`. */
import { definePlugin } from "@aiopslab/core/Plugin"
import { consul } from "./behaviours/Consul.ts"
import { hotelReservation } from "./behaviours/GoService.ts"
import { jaeger } from "./behaviours/Jaeger.ts"
import { memcached } from "./behaviours/Memcached.ts"
import { app } from "./HotelReservation.ts"

export const plugin = definePlugin({
  name: "@aiopslab/app-hotel-reservation",
  components: [app, hotelReservation, memcached, consul, jaeger]
})
