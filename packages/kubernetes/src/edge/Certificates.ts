/**
 * A certificate authority for one served cluster, its server certificate and the administrator's client certificate: what `kubeadm`
 * makes, in memory. ECDSA P-256. The client's identity is in the subject, as Kubernetes reads it: CN is the user, O its groups.
 */
import "reflect-metadata"
import * as x509 from "@peculiar/x509"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { webcrypto } from "node:crypto"
import type { Identity } from "@aiopslab/core/Kubernetes"

/** PEM texts. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface Certificates {
  readonly authority: string
  readonly server: KeyPair
  readonly client: KeyPair
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
const day = 86_400_000
const yearMillis = 365 * day

const pem = (key: webcrypto.CryptoKey) =>
  Effect.promise(() => webcrypto.subtle.exportKey("pkcs8", key)).pipe(
    Effect.map((bytes) => {
      const text = Buffer.from(bytes).toString("base64").replace(/.{64}/g, "$&\n").trimEnd()
      return `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`
    })
  )

const keyPair = Effect.promise(() => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]))

const serial = Effect.sync(() => Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex"))

/** Valid from yesterday on for a year by the machine's clock, for the loopback addresses and the names a pod would use. */
export const make = Effect.fn("Certificates.make")(function* (client: Identity, hosts: ReadonlyArray<string> = []) {
  x509.cryptoProvider.set(webcrypto)
  const now = yield* Clock.currentTimeMillis
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + yearMillis), signingAlgorithm: algorithm }
  const authorityKeys = yield* keyPair
  const authorityName = "CN=kubernetes"
  const authority = yield* Effect.promise(async () =>
    x509.X509CertificateGenerator.createSelfSigned({
      ...validity,
      serialNumber: "01",
      name: authorityName,
      keys: authorityKeys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey)
      ]
    })
  )
  const issue = Effect.fnUntraced(function* (subject: string, usage: x509.ExtendedKeyUsage, names: ReadonlyArray<x509.JsonGeneralName>) {
    const keys = yield* keyPair
    const serialNumber = yield* serial
    const certificate = yield* Effect.promise(async () =>
      x509.X509CertificateGenerator.create({
        ...validity,
        serialNumber,
        subject,
        issuer: authorityName,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
          new x509.ExtendedKeyUsageExtension([usage]),
          await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
          ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])])
        ]
      })
    )
    return { certificate: `${certificate.toString("pem")}\n`, key: yield* pem(keys.privateKey) }
  })
  const names: ReadonlyArray<x509.JsonGeneralName> = [
    { type: "ip", value: "127.0.0.1" },
    { type: "ip", value: "::1" },
    ...["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", ...hosts].map((value) => ({
      type: "dns" as const,
      value
    }))
  ]
  return {
    authority: `${authority.toString("pem")}\n`,
    server: yield* issue("CN=kube-apiserver", x509.ExtendedKeyUsage.serverAuth, names),
    client: yield* issue(
      [...client.groups.map((group) => `O=${group}`), `CN=${client.user}`].join(", "),
      x509.ExtendedKeyUsage.clientAuth,
      []
    )
  } satisfies Certificates
})
