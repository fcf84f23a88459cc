/** What a script's own server answers. */
import type { NetworkReply } from "@aiopslab/core/Behaviour"
import { absolute } from "./Applet.ts"
import type { Server } from "./State.ts"

/** A page of the web server, which shows the files of its home; whoever only listens hangs up. */
export const reply = ({ home }: Server, operation: string, file: (path: string) => string | undefined): NetworkReply => {
  if (operation === "connect") return { _tag: "ok" }
  if (home === undefined) return { _tag: "failure", failure: "reset", message: "read: connection reset by peer" }
  const path = absolute("/", operation.replace(/^\S+ /u, "").replace(/\?.*$/u, ""))
  const root = home === "/" ? "" : home
  const text = file(`${root}${path}`) ?? file(`${root}${path === "/" ? "" : path}/index.html`)
  return text === undefined ? { _tag: "error", code: "404", message: "Not Found" } : { _tag: "ok", payload: text }
}
