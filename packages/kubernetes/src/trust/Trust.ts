/**
 * What the pods of a cluster trust and are trusted by: the authority's certificate, as kubeadm makes it, and the tokens of service
 * accounts, as the TokenRequest API signs them. All of it follows from a seed: equal seeds, equal bytes. So it keeps no secret, and no
 * server may take these keys for its own.
 */
import { userOf } from "../Principals.ts"
import * as Der from "./Der.ts"
import { sha256, sign } from "./Ecdsa.ts"
import { keysOf } from "./Keys.ts"
import type { TokenKey } from "./TokenKey.ts"
import * as TokenKeys from "./TokenKey.ts"

/** Who a token is for. `issuedAt` is in milliseconds since the epoch, `lifetime` in seconds. */
export interface TokenRequest {
  readonly namespace: string
  readonly account: Named
  readonly pod: Named
  readonly node: Named
  readonly issuedAt: number
  readonly lifetime: number
  readonly id: string
}

export interface Named {
  readonly name: string
  readonly uid: string
}

export interface Trust {
  /** PEM. */
  readonly certificate: string
  /** Signs the tokens of accounts. */
  readonly key: TokenKey
  /** A JSON Web Token. */
  readonly token: (request: TokenRequest) => string
}

/** Who issues the tokens of a cluster that kubeadm made. */
export const issuer = "https://kubernetes.default.svc.cluster.local"

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const ecdsaWithSha256 = Der.sequence(Der.objectId("1.2.840.10045.4.3.2"))
/** Of the tokens that a cluster of this seed issues, in DER (SubjectPublicKeyInfo). */
export const publicKey = (seed: string): Uint8Array => keysOf(`${seed}/sa`).info

const fiveMinutes = 300_000
const tenYears = 3_650 * 86_400_000

const name = Der.sequence(Der.set(Der.sequence(Der.objectId("2.5.4.3"), Der.utf8("kubernetes"))))

const extension = (id: string, value: Uint8Array): Uint8Array => Der.sequence(Der.objectId(id), Der.octetString(value))
const critical = (id: string, value: Uint8Array): Uint8Array => Der.sequence(Der.objectId(id), Der.truth, Der.octetString(value))

/** Valid from five minutes before the cluster began, for ten years: cmd/kubeadm/app/util/pkiutil, client-go/util/cert. */
const authority = (seed: string, begin: number): string => {
  const { info, point, secret } = keysOf(`${seed}/ca`)
  const serial = sha256(bytesOf(`${seed}/serial`))
    .subarray(0, 8)
    .map((byte, index) => (index === 0 ? byte & 0x7f : byte))
  const body = Der.sequence(
    Der.explicit(0, Der.integer(Uint8Array.of(2))),
    Der.integer(serial),
    ecdsaWithSha256,
    name,
    Der.sequence(Der.utcTime(begin - fiveMinutes), Der.utcTime(begin + tenYears)),
    name,
    info,
    Der.explicit(
      3,
      Der.sequence(
        // digitalSignature, keyEncipherment, keyCertSign
        critical("2.5.29.15", Der.bitString(Uint8Array.of(0b1010_0100), 2)),
        critical("2.5.29.19", Der.sequence(Der.truth)),
        extension("2.5.29.14", Der.octetString(sha256(point).subarray(0, 20))),
        extension("2.5.29.17", Der.sequence(Der.implicit(2, bytesOf("kubernetes"))))
      )
    )
  )
  const { r, s } = sign(body, secret)
  return Der.pem("CERTIFICATE", Der.sequence(body, ecdsaWithSha256, Der.bitString(Der.sequence(Der.integer(r), Der.integer(s)))))
}

const year = 31_536_000

/** The claims of pkg/serviceaccount/claims.go. A token of the default lifetime is taken for a year, but expected to be renewed before. */
const claimsOf = ({ account, id, issuedAt, lifetime, namespace, node, pod }: TokenRequest) => {
  const iat = Math.floor(issuedAt / 1000)
  const extended = lifetime === 3_607
  return {
    aud: [issuer],
    exp: iat + (extended ? year : lifetime),
    iat,
    iss: issuer,
    jti: id,
    "kubernetes.io": { namespace, node, pod, serviceaccount: account, ...(extended ? { warnafter: iat + lifetime } : {}) },
    nbf: iat,
    sub: userOf({ namespace, name: account.name })
  }
}

/**
 * The trust of a cluster that begins at this moment, milliseconds since the epoch. `certificate` instead of one of its own: that of the
 * server which speaks for the cluster; `tokenSeed`, unknown to anybody, where tokens are to be a proof.
 */
export const make = (options: {
  readonly seed: string
  readonly begin: number
  readonly certificate?: string
  readonly tokenSeed?: string
}): Trust => {
  const key = TokenKeys.make(options.tokenSeed ?? `${options.seed}/sa`)
  // who lists a container's files asks again and again
  const signed = new WeakMap<TokenRequest, string>()
  return {
    certificate: options.certificate ?? authority(options.seed, options.begin),
    key,
    token: (request) => {
      const token = signed.get(request) ?? key.sign(claimsOf(request))
      signed.set(request, token)
      return token
    }
  }
}
