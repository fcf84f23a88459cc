/** `date`, in UTC. */
import type { Applet } from "./Applet.ts"
import { ran } from "./Applet.ts"

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const two = (value: number): string => String(value).padStart(2, "0")

const parts: Readonly<Record<string, (at: Date) => string>> = {
  Y: (at) => String(at.getUTCFullYear()),
  m: (at) => two(at.getUTCMonth() + 1),
  d: (at) => two(at.getUTCDate()),
  e: (at) => String(at.getUTCDate()).padStart(2),
  H: (at) => two(at.getUTCHours()),
  M: (at) => two(at.getUTCMinutes()),
  S: (at) => two(at.getUTCSeconds()),
  N: (at) => `${String(at.getUTCMilliseconds()).padStart(3, "0")}000000`,
  s: (at) => String(Math.floor(at.getTime() / 1000)),
  a: (at) => days[at.getUTCDay()] ?? "",
  b: (at) => months[at.getUTCMonth()] ?? "",
  Z: () => "UTC",
  z: () => "+0000",
  n: () => "\n",
  "%": () => "%"
}

const whole: Readonly<Record<string, string>> = { F: "%Y-%m-%d", T: "%H:%M:%S", R: "%H:%M", D: "%m/%d/%y", c: "%a %b %e %H:%M:%S %Y" }

export const date: Applet = ({ argv, now }) => {
  const format =
    argv.find((word) => word.startsWith("+"))?.slice(1) ?? (argv.includes("-Iseconds") ? "%FT%T+00:00" : "%a %b %e %H:%M:%S %Z %Y")
  const at = new Date(now)
  const text = format
    .replaceAll(/%([FTRDc])/g, (found, letter: string) => whole[letter] ?? found)
    .replaceAll(/%(.)/g, (found, letter: string) => parts[letter]?.(at) ?? found)
  return ran(0, `${text}\n`)
}
