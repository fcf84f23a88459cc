/** The variables by which a container finds Services (pkg/kubelet/envvars, and which of them a pod gets: pkg/kubelet/kubelet_pods.go). */
import * as Store from "@aiopslab/kubernetes/Store"
import type { Pod, Service } from "../Kinds.ts"
import { asService } from "../Kinds.ts"
import type { World } from "../World.ts"

const word = (name: string): string => name.replaceAll("-", "_").toUpperCase()

const worked = new WeakMap<Service, ReadonlyArray<readonly [string, string]>>()

/** Once for each version of a Service: every container of its namespace has them. */
const ofService = (service: Service): ReadonlyArray<readonly [string, string]> => {
  const variables = worked.get(service) ?? variablesOf(service)
  worked.set(service, variables)
  return variables
}

const variablesOf = ({ metadata, spec }: Service): ReadonlyArray<readonly [string, string]> => {
  const address = spec.clusterIP ?? ""
  const [first] = spec.ports ?? []
  if (address === "" || address === "None" || first === undefined) return []
  const name = word(metadata.name)
  const url = ({ port, protocol = "TCP" }: typeof first) => `${protocol.toLowerCase()}://${address}:${port}`
  return [
    [`${name}_SERVICE_HOST`, address],
    [`${name}_SERVICE_PORT`, String(first.port)],
    ...(spec.ports ?? []).flatMap((one) =>
      one.name === undefined ? [] : [[`${name}_SERVICE_PORT_${word(one.name)}`, String(one.port)] as const]
    ),
    [`${name}_PORT`, url(first)],
    ...(spec.ports ?? []).flatMap((one) => {
      const protocol = one.protocol ?? "TCP"
      const link = `${name}_PORT_${one.port}_${protocol.toUpperCase()}`
      return [
        [link, url(one)],
        [`${link}_PROTO`, protocol.toLowerCase()],
        [`${link}_PORT`, String(one.port)],
        [`${link}_ADDR`, address]
      ] as const
    })
  ]
}

/** Those of the API server always; those of the pod's namespace unless it wants no links. */
export const of = (world: World, pod: Pod): Readonly<Record<string, string>> => {
  const master = Store.get(world.store, "services", "default", "kubernetes")
  const linked = pod.spec.enableServiceLinks === false ? [] : Store.list(world.store, "services", pod.metadata.namespace ?? "")
  const services = [...(master === undefined ? [] : [master]), ...linked]
  return Object.fromEntries(services.flatMap((service) => ofService(asService(service))))
}
