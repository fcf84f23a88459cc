/** HTTP of clients outside the cluster, as the programs in it are asked and answer. */
import type { NetworkReply, NetworkRequest } from "@aiopslab/core/Behaviour"
import type { WebReply, WebRequest } from "@aiopslab/kubernetes/web/Web"
import { text } from "@aiopslab/kubernetes/web/Web"
import { payloadOf } from "../Body.ts"

export const requestOf = ({ body, method, target }: WebRequest): NetworkRequest => ({
  protocol: "http",
  operation: `${method} ${target}`,
  ...(body === "" ? {} : { payload: payloadOf(body) })
})

/** `undefined`: the connection ends without an answer, as that of a program does that speaks another protocol. */
export const replyOf = (reply: NetworkReply): WebReply | undefined => {
  switch (reply._tag) {
    case "ok": {
      const { payload } = reply
      if (payload === undefined) return text(200, "")
      return typeof payload === "string" ? text(200, payload) : text(200, `${JSON.stringify(payload)}\n`, "application/json")
    }
    case "error":
      return /^\d{3}$/u.test(reply.code) ? text(Number(reply.code), `${reply.message}\n`) : undefined
    case "failure":
      return undefined
  }
}
