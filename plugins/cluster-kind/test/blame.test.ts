import { assert, describe, it } from "@effect/vitest"
import { blame, mayPass } from "../src/Blame.ts"

/** What kind 0.30 and docker printed. */
const said = {
  "no daemon":
    'ERROR: failed to list clusters: command "docker ps -a --filter label=io.x-k8s.kind.cluster" failed with error: exit status 1\n\nCommand Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  "not allowed":
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: connect: permission denied",
  "no image":
    'Creating cluster "a" ...\n ✗ Ensuring node image (nope/nope:1) 🖼\nERROR: failed to create cluster: failed to pull image "nope/nope:1": command "docker pull nope/nope:1" failed with error: exit status 1\n\nCommand Output: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
  "nothing to load": 'ERROR: image: "nope:1" not present locally',
  "too many files": "ERROR: failed to create cluster: failed to init node: kubelet: failed to create fsnotify watcher: too many open files",
  "no systemd":
    'ERROR: failed to create cluster: could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"',
  full: "Error response from daemon: write /var/lib/docker/tmp/x: no space left on device",
  "no memory": "fork/exec /usr/bin/kubeadm: cannot allocate memory",
  taken: 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "a"'
} as const

describe("what kind and docker print", () => {
  it.each([
    ["no daemon", "CLUSTER_ENGINE_SILENT", "stays"],
    ["not allowed", "CLUSTER_ENGINE_SILENT", "stays"],
    ["no image", "CLUSTER_IMAGE_MISSING", "stays"],
    ["nothing to load", "CLUSTER_IMAGE_MISSING", "stays"],
    ["too many files", "CLUSTER_HOST_EXHAUSTED", "may pass"],
    ["no systemd", "CLUSTER_HOST_EXHAUSTED", "may pass"],
    ["full", "CLUSTER_HOST_EXHAUSTED", "may pass"],
    ["no memory", "CLUSTER_HOST_EXHAUSTED", "may pass"],
    ["taken", "CLUSTER_COMMAND_FAILED", "may pass"]
  ] as const)("%s is %s, and %s", (text, code, lasting) => {
    const error = blame({ command: "kind create cluster", exit: 1, said: said[text] })
    assert.deepStrictEqual([error.code, mayPass(error) ? "may pass" : "stays"], [code, lasting])
    assert.isNotEmpty(error.hint)
  })

  it("names the image, the reason and what is short", () => {
    const texts = (["no image", "full", "too many files"] as const).map(
      (name) => blame({ command: "kind create cluster", exit: 1, said: said[name] }).text
    )
    assert.include(texts[0], "The image nope/nope:1 is not here and cannot be pulled: ERROR: failed to create cluster")
    assert.include(texts[0], "no such host")
    assert.include(texts[1], "too little disk")
    assert.include(texts[2], "too little inotify")
  })

  it("a program that the kernel killed was short of memory; one that said nothing is told with its exit code", () => {
    const killed = blame({ command: "kind create cluster", exit: 137, said: "" })
    const silent = blame({ command: "kind create cluster", exit: 2, said: "" })
    assert.include(killed.text, "too little memory")
    assert.strictEqual(silent.text, "kind create cluster failed (exit 2): ")
  })
})
