import { assert, describe, it } from "@effect/vitest"
import { createPublicKey, verify, X509Certificate } from "node:crypto"
import * as Trust from "../src/trust/Trust.ts"

const begin = Date.UTC(2026, 0, 1)
const of = (seed: string) => Trust.make({ seed, begin })

const request: Trust.TokenRequest = {
  namespace: "shop",
  account: { name: "default", uid: "a-uid" },
  pod: { name: "web-1", uid: "p-uid" },
  node: { name: "kind-worker", uid: "n-uid" },
  issuedAt: begin + 1_500,
  lifetime: 3_607,
  id: "an-id"
}

const decoded = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? "", "base64url").toString())

describe("what pods trust", () => {
  it("is an authority's certificate that OpenSSL reads and that signs itself", () => {
    const certificate = new X509Certificate(of("one").certificate)
    assert.strictEqual(certificate.subject, "CN=kubernetes")
    assert.strictEqual(certificate.issuer, "CN=kubernetes")
    assert.strictEqual(certificate.subjectAltName, "DNS:kubernetes")
    assert.isTrue(certificate.ca)
    assert.isTrue(certificate.verify(certificate.publicKey))
    assert.deepStrictEqual(certificate.validFromDate, new Date(begin - 300_000))
    assert.strictEqual(certificate.validToDate.getUTCFullYear(), 2035)
  })

  it("follows from the seed", () => {
    assert.strictEqual(of("one").certificate, of("one").certificate)
    assert.strictEqual(of("one").token(request), of("one").token(request))
    assert.notStrictEqual(of("one").certificate, of("two").certificate)
    assert.notStrictEqual(of("one").token(request), of("two").token(request))
  })

  it("is the server's certificate where there is a server", () => {
    assert.strictEqual(Trust.make({ seed: "one", begin, certificate: "PEM" }).certificate, "PEM")
  })
})

describe("a pod's token", () => {
  it("has the claims of a bound service account token", () => {
    const [header, claims] = of("one").token(request).split(".")
    assert.deepStrictEqual(Object.keys(decoded(header) as object), ["alg", "kid"])
    const seconds = begin / 1000 + 1
    assert.deepStrictEqual(decoded(claims), {
      aud: ["https://kubernetes.default.svc.cluster.local"],
      exp: seconds + 365 * 86_400,
      iat: seconds,
      iss: "https://kubernetes.default.svc.cluster.local",
      jti: "an-id",
      "kubernetes.io": {
        namespace: "shop",
        node: request.node,
        pod: request.pod,
        serviceaccount: request.account,
        warnafter: seconds + 3_607
      },
      nbf: seconds,
      sub: "system:serviceaccount:shop:default"
    })
  })

  it("is signed by one key for all, which its header names", () => {
    const { token } = of("one")
    const tokens = [token(request), token({ ...request, id: "another" })].map((each) => each.split("."))
    assert.strictEqual(tokens[0]?.[0], tokens[1]?.[0])
    assert.notStrictEqual(tokens[0]?.[2], tokens[1]?.[2])
    assert.match(JSON.stringify(decoded(tokens[0]?.[0])), /"kid":"[-\w]{43}"/u)
  })

  it("verifies against the key of its seed alone", () => {
    const check = (seed: string, token: string) => {
      const [header, claims, signature] = token.split(".")
      const key = createPublicKey({ key: Buffer.from(Trust.publicKey(seed)), format: "der", type: "spki" })
      return verify(
        "sha256",
        Buffer.from(`${header}.${claims}`),
        { key, dsaEncoding: "ieee-p1363" },
        Buffer.from(signature ?? "", "base64url")
      )
    }
    const token = of("one").token(request)
    assert.isTrue(check("one", token))
    assert.isFalse(check("two", token))
    assert.isFalse(
      check(
        "one",
        token.replace(/^[^.]*\.[^.]*/u, (signed) => `${signed}A`)
      )
    )
  })
})
