/** What comes of a question for a name. */
import type { Service } from "../Kinds.ts"

export type Answer =
  | {
      readonly _tag: "Addresses"
      readonly name: string
      readonly addresses: ReadonlyArray<string>
      /** The Service that they are of, and the pod's label within it, when one pod was asked for. */
      readonly of?: { readonly service: Service; readonly pod: string | undefined }
    }
  /** `NOERROR`: the name exists and has no address; `DROPPED`: no answer comes. */
  | { readonly _tag: "None"; readonly code: "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "REFUSED" | "DROPPED" }

/** The name is there, without an address. */
export const nothing: Answer = { _tag: "None", code: "NOERROR" }

export const unknown: Answer = { _tag: "None", code: "NXDOMAIN" }

export const failed: Answer = { _tag: "None", code: "SERVFAIL" }

/** Without the dot at the end. */
export const plain = (name: string): string => name.replace(/\.$/u, "").toLowerCase()

export const isWithin = (name: string, zone: string): boolean => {
  const whole = plain(zone)
  return whole === "" || name === whole || name.endsWith(`.${whole}`)
}
