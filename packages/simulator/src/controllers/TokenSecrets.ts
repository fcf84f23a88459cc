/**
 * Secrets of the type `kubernetes.io/service-account-token`: filled with a token of the account that they name, and gone with it
 * (pkg/controller/serviceaccount/tokens_controller.go).
 */
import { userOf } from "@aiopslab/kubernetes/Principals"
import { legacyIssuer } from "@aiopslab/kubernetes/server/Authority"
import { record } from "@aiopslab/kubernetes/Json"
import * as Store from "@aiopslab/kubernetes/Store"
import type { Controller } from "../Controller.ts"
import { keyOf, parseKey } from "../Controller.ts"

const name = "token-secrets"
const type = "kubernetes.io/service-account-token"
const accountName = "kubernetes.io/service-account.name"
const accountUid = "kubernetes.io/service-account.uid"

const base64 = (text: string): string => Buffer.from(text).toString("base64")

export const tokenSecrets: Controller = {
  name,
  resources: ["secrets", "serviceaccounts"],
  observe: (turn, { object, resource, type: change }) => {
    if (resource === "secrets") {
      if (object["type"] === type && change !== "DELETED") turn.enqueue(name, keyOf(object))
      return
    }
    if (change === "MODIFIED") return
    for (const secret of Store.list(turn.store, "secrets", object.metadata.namespace)) {
      if (secret["type"] === type && secret.metadata.annotations?.[accountName] === object.metadata.name) turn.enqueue(name, keyOf(secret))
    }
  },
  reconcile: (turn, key) => {
    const [namespace, secretName] = parseKey(key)
    const secret = turn.get("secrets", namespace, secretName)
    if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return
    const annotations = secret.metadata.annotations ?? {}
    const account = turn.get("serviceaccounts", namespace, annotations[accountName] ?? "")
    const uid = annotations[accountUid] ?? ""
    if (account === undefined || (uid !== "" && uid !== account.metadata.uid)) return turn.remove("secrets", namespace, secretName)
    const data = record(secret["data"])
    const { trust } = turn.setting
    if (data["token"] !== undefined && data["namespace"] !== undefined && data["ca.crt"] === base64(trust.certificate) && uid !== "") return
    const claim = "kubernetes.io/serviceaccount"
    const token = trust.key.sign({
      iss: legacyIssuer,
      [`${claim}/namespace`]: namespace,
      [`${claim}/secret.name`]: secretName,
      [`${claim}/service-account.name`]: account.metadata.name,
      [`${claim}/service-account.uid`]: account.metadata.uid,
      sub: userOf({ namespace, name: account.metadata.name })
    })
    turn.update("secrets", {
      ...secret,
      metadata: { ...secret.metadata, annotations: { ...annotations, [accountUid]: account.metadata.uid ?? "" } },
      data: {
        ...data,
        "ca.crt": base64(trust.certificate),
        namespace: base64(namespace),
        token: typeof data["token"] === "string" ? data["token"] : base64(token)
      }
    })
  }
}
