/** A pod runs as an account that exists, and finds its token in every container: plugin/pkg/admission/serviceaccount. */
import type { Admit } from "@aiopslab/kubernetes/Registry"
import * as Status from "@aiopslab/kubernetes/Status"
import * as Store from "@aiopslab/kubernetes/Store"
import * as Result from "effect/Result"
import type { ContainerSpec } from "../Kinds.ts"
import { asPod } from "../Kinds.ts"

/** Seconds. */
export const tokenLifetime = 3607

const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

const withToken = (containers: ReadonlyArray<ContainerSpec> | undefined, volume: string) =>
  containers?.map((container) =>
    container.volumeMounts?.some(({ mountPath }) => mountPath === tokenPath)
      ? container
      : { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: tokenPath }] }
  )

const tokenVolume = (name: string) => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenLifetime, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } }
    ],
    defaultMode: 420
  }
})

export const serviceAccount: Admit = (object, previous, resource, store, context) => {
  if (resource.id !== "pods" || previous !== undefined) return Result.succeed(object)
  const { metadata, spec } = asPod(object)
  const name = spec.serviceAccountName ?? "default"
  const account = Store.get(store, "serviceaccounts", metadata.namespace ?? "", name)
  if (account === undefined) {
    return Result.fail(
      Status.forbidden(
        resource,
        // as the real server, which makes the name after admission
        metadata.generateName ?? metadata.name,
        `error looking up service account ${metadata.namespace ?? ""}/${name}: serviceaccount "${name}" not found`
      )
    )
  }
  const admitted = { ...spec, serviceAccountName: name, serviceAccount: name }
  if ((spec.automountServiceAccountToken ?? account["automountServiceAccountToken"]) === false) {
    return Result.succeed({ ...object, spec: admitted })
  }
  const volume = `kube-api-access-${context.suffix()}`
  return Result.succeed({
    ...object,
    spec: {
      ...admitted,
      containers: withToken(spec.containers, volume),
      ...(spec.initContainers === undefined ? {} : { initContainers: withToken(spec.initContainers, volume) }),
      volumes: [...(spec.volumes ?? []), tokenVolume(volume)]
    }
  })
}
