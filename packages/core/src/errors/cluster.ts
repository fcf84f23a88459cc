import { entry } from "./entry.ts"

export const cluster = {
  CLUSTER_REQUEST_FAILED: entry<{ readonly what: string; readonly why: string }>({
    title: "The cluster refused a request of the framework",
    blame: "environment",
    message: (d) => `${d.what} failed: ${d.why}`,
    hint: () => "Check that the cluster is reachable and that the kubeconfig's user may do this.",
    example: { what: "GET /api/v1/namespaces/test-hotel-reservation/pods", why: "pods is forbidden" }
  }),
  CLUSTER_UNREACHABLE: entry<{ readonly where: string; readonly why: string }>({
    title: "The cluster does not answer",
    blame: "environment",
    message: (d) => `The cluster at ${d.where} does not answer: ${d.why}.`,
    hint: () => "Check the kubeconfig and that the cluster is up: `kubectl --kubeconfig FILE get nodes`.",
    example: { where: "https://127.0.0.1:6443", why: "connection refused" }
  }),
  CLUSTER_NOT_READY: entry<{ readonly waitingFor: string; readonly seconds: number; readonly state: string }>({
    title: "Something did not become ready in time",
    blame: "environment",
    message: (d) => `${d.waitingFor} was not ready after ${d.seconds} s: ${d.state}.`,
    hint: () => "`kubectl describe` of the named objects says why; the phase's deadline can be raised in the manifest.",
    example: { waitingFor: "app hotel-reservation", seconds: 300, state: "deployment/geo has 0 of 1 replicas" }
  }),
  CLUSTER_KUBECONFIG_INVALID: entry<{ readonly file: string; readonly why: string }>({
    title: "A kubeconfig cannot be used",
    blame: "usage",
    message: (d) => `The kubeconfig ${d.file} cannot be used: ${d.why}.`,
    hint: () => "Name another with `--kubeconfig FILE`, or make one with `aiopslab cluster up --kubeconfig FILE`.",
    example: { file: "cluster.kubeconfig", why: "there is no current context" }
  }),
  CLUSTER_CANNOT: entry<{ readonly cluster: string; readonly what: string }>({
    title: "This cluster lacks an ability",
    blame: "environment",
    message: (d) => `The cluster ${d.cluster} cannot ${d.what}.`,
    hint: () => "Clusters made by `aiopslab cluster up` and the embedded cluster can.",
    example: { cluster: "kind-demo", what: "go back to a snapshot" }
  }),
  CLUSTER_IMAGE_FAILED: entry<{ readonly image: string; readonly why: string }>({
    title: "An image for the cluster could not be built",
    blame: "environment",
    message: (d) => `The image ${d.image} could not be built: ${d.why}.`,
    hint: () => "Check that `docker build` works here and that it has, or can pull, the image that the Dockerfile begins with.",
    example: { image: "mongo:4.4.6", why: "Cannot connect to the Docker daemon" }
  })
}
