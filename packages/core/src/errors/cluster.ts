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
  }),
  CLUSTER_GONE: entry<{ readonly cluster: string }>({
    title: "A cluster has been deleted",
    blame: "environment",
    message: (d) => `The cluster ${d.cluster} is not there any more.`,
    hint: () => "`aiopslab cluster list` shows those that are.",
    example: { cluster: "aiopslab-4711-1" }
  }),
  CLUSTER_UNKNOWN: entry<{ readonly name: string; readonly known: ReadonlyArray<string> }>({
    title: "There is no such cluster",
    blame: "usage",
    message: (d) => `There is no cluster ${d.name} of ours${d.known.length === 0 ? "" : `, only ${d.known.join(", ")}`}.`,
    hint: () => "`aiopslab cluster list` shows the clusters that aiopslab made; others are not its to delete.",
    example: { name: "demo", known: ["aiopslab-4711-1"] }
  }),
  CLUSTER_HELD: entry<{ readonly cluster: string; readonly pid: number }>({
    title: "A cluster is in use",
    blame: "usage",
    message: (d) => `The cluster ${d.cluster} is in use by process ${d.pid}.`,
    hint: (d) => `It goes with its run: end that one first (\`kill ${d.pid}\`, or Ctrl-C where it runs).`,
    example: { cluster: "aiopslab-4711-1", pid: 4711 }
  }),
  CLUSTER_LOOKS_LIKE_PRODUCTION: entry<{ readonly context: string; readonly server: string; readonly why: string }>({
    title: "A cluster looks as if people depended on it",
    blame: "usage",
    message: (d) => `The context ${d.context} (${d.server}) looks like production: ${d.why}.`,
    hint: () => "Faults break what runs there. If it really is a cluster to break, say so: `--yes`, or `--cluster-with yes=true`.",
    example: { context: "prod-eu", server: "https://10.0.0.1:6443", why: 'its name has the word "prod"' }
  }),
  CLUSTER_PROGRAM_MISSING: entry<{ readonly program: string }>({
    title: "A program that makes clusters is not installed",
    blame: "environment",
    message: (d) => `${d.program} is not on the PATH.`,
    hint: (d) =>
      `Install ${d.program}; \`aiopslab doctor\` says what else is needed. The embedded cluster (\`--cluster embedded\`) needs nothing.`,
    example: { program: "kind" }
  }),
  CLUSTER_ENGINE_SILENT: entry<{ readonly why: string }>({
    title: "Docker does not answer",
    blame: "environment",
    message: (d) => `Docker does not answer: ${d.why}`,
    hint: () => "Start it, and see that `docker ps` works for this user (group `docker`, or DOCKER_HOST).",
    example: { why: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." }
  }),
  CLUSTER_IMAGE_MISSING: entry<{ readonly image: string; readonly why: string }>({
    title: "An image cannot be had",
    blame: "environment",
    message: (d) => `The image ${d.image} is not here and cannot be pulled: ${d.why}`,
    hint: () => "Pull or load it (`docker pull`, `docker load`), or name another one: `--cluster-with image=kindest/node:v1.34.0`.",
    example: { image: "kindest/node:v1.34.0", why: "manifest unknown" }
  }),
  CLUSTER_HOST_EXHAUSTED: entry<{ readonly what: "memory" | "inotify" | "disk"; readonly why: string }>({
    title: "The machine cannot hold another cluster",
    blame: "environment",
    message: (d) => `The machine has too little ${d.what} for another cluster: ${d.why}`,
    hint: (d) =>
      d.what === "inotify"
        ? "Raise fs.inotify.max_user_watches to 524288 and fs.inotify.max_user_instances to 512 (`sysctl -w`); `aiopslab doctor` shows them."
        : "Use fewer clusters or nodes (`--cluster-with clusters=1`), or free some; `aiopslab doctor` says how many fit.",
    example: { what: "inotify", why: "too many open files" }
  }),
  CLUSTER_COMMAND_FAILED: entry<{ readonly command: string; readonly exit: number; readonly said: string }>({
    title: "A program that makes clusters failed",
    blame: "environment",
    message: (d) => `${d.command} failed (exit ${d.exit}): ${d.said}`,
    hint: () => "`aiopslab doctor` says what the machine lacks; `aiopslab cluster gc` deletes what dead runs left.",
    example: { command: "kind create cluster", exit: 1, said: "ERROR: failed to init node with kubeadm" }
  }),
  CLUSTER_UNCLEAN: entry<{ readonly cluster: string; readonly differences: ReadonlyArray<string> }>({
    title: "A cluster is not as it was before a trial",
    blame: "environment",
    message: (d) => `The cluster ${d.cluster} is not as it was: ${d.differences.join("; ")}.`,
    hint: () => "It is deleted and made anew; nothing is to be done.",
    example: { cluster: "aiopslab-4711-1", differences: ["the node worker: qdisc tbf on eth0 is new"] }
  })
}
