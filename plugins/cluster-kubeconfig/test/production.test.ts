import { assert, describe, it } from "@effect/vitest"
import { looksLikeProduction } from "../src/Production.ts"

describe("a cluster that people depend on", () => {
  it.each([
    ["prod", "https://10.0.0.1:6443", 'its name has the word "prod"'],
    ["eu-PRODUCTION-2", "https://10.0.0.1:6443", 'its name has the word "production"'],
    ["shop_live", "https://10.0.0.1:6443", 'its name has the word "live"'],
    ["shop", "https://api.prod.example.com", 'its address has the word "prod"'],
    ["shop", "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com", "a cloud serves it (eks.amazonaws.com)"],
    ["shop", "https://shop-dns-1a2b3c.hcp.westeurope.azmk8s.io:443", "a cloud serves it (azmk8s.io)"],
    ["gke_project_europe-west1_shop", "https://203.0.113.7", "its name is one that a cloud gives"]
  ])("is told by %s at %s", (context, server, why) => {
    assert.strictEqual(looksLikeProduction(context, server), why)
  })

  it.each([
    ["kind-demo", "https://127.0.0.1:35117"],
    ["lab", "https://127.0.0.1:6443"],
    ["product-catalog", "https://10.0.0.1:6443"],
    ["reproduction", "https://olive.example.com"],
    ["minikube", "https://192.168.49.2:8443"],
    ["odd", "not an address"]
  ])("is not told by %s at %s", (context, server) => {
    assert.isUndefined(looksLikeProduction(context, server))
  })
})
