/** The shapes that every object of the application shares: it was converted from a compose file by kompose, and keeps its labels. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"

/** The label by which Services and people select a service's pods. */
export const serviceLabel = "io.kompose.service"

const annotations = { "kompose.cmd": "kompose convert", "kompose.version": "1.22.0 (955b78124)" }

export interface Port {
  readonly port: number
  readonly protocol?: "UDP"
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly command?: ReadonlyArray<string>
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly ports: ReadonlyArray<Port>
}

/** A volume of the pod, and where the container sees it. */
export type Mount =
  | { readonly name: string; readonly path: string; readonly claim: string }
  | { readonly name: string; readonly path: string; readonly configMap: string }

const containerOf = (container: Container, mounts: ReadonlyArray<Mount>) => ({
  ...(container.command === undefined ? {} : { command: container.command }),
  image: container.image,
  name: container.name,
  ...(container.args === undefined ? {} : { args: container.args }),
  ports: container.ports.map(({ port, protocol }) => ({ containerPort: port, ...(protocol === undefined ? {} : { protocol }) })),
  ...(container.env === undefined ? {} : { env: Object.entries(container.env).map(([name, value]) => ({ name, value })) }),
  resources: { requests: { cpu: "100m" }, limits: { cpu: "1000m" } },
  ...(mounts.length === 0 ? {} : { volumeMounts: mounts.map(({ name, path }) => ({ mountPath: path, name })) }),
  imagePullPolicy: "IfNotPresent"
})

const volumeOf = (mount: Mount) =>
  "claim" in mount
    ? { name: mount.name, persistentVolumeClaim: { claimName: mount.claim } }
    : { name: mount.name, configMap: { name: mount.configMap } }

/** A Deployment of one replica with one container. `Recreate` where two pods must not share a volume. */
export const deployment = (
  namespace: string,
  name: string,
  container: Container,
  more: { readonly mounts?: ReadonlyArray<Mount>; readonly strategy?: "Recreate"; readonly hostname?: string } = {}
): KubeObject => {
  const labels = { [serviceLabel]: name }
  const mounts = more.mounts ?? []
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, annotations, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      ...(more.strategy === undefined ? {} : { strategy: { type: more.strategy } }),
      template: {
        metadata: { annotations, labels },
        spec: {
          containers: [containerOf(container, mounts)],
          ...(more.hostname === undefined ? {} : { hostname: more.hostname }),
          restartPolicy: "Always",
          ...(mounts.length === 0 ? {} : { volumes: mounts.map(volumeOf) })
        }
      }
    }
  }
}

export interface ServicePort extends Port {
  readonly name: string
  readonly targetPort?: number
}

/** A Service for the pods with the same label value as its `selects`, by default its own name. */
export const service = (
  namespace: string,
  name: string,
  ports: ReadonlyArray<ServicePort>,
  more: { readonly selects?: string; readonly type?: "NodePort" } = {}
): KubeObject => {
  const selects = more.selects ?? name
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, annotations, labels: { [serviceLabel]: selects } },
    spec: {
      ...(more.type === undefined ? {} : { type: more.type }),
      ports: ports.map(({ name: portName, port, protocol, targetPort }) => ({
        name: portName,
        port,
        ...(protocol === undefined ? {} : { protocol }),
        targetPort: targetPort ?? port
      })),
      selector: { [serviceLabel]: selects }
    }
  }
}
