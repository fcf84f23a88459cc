/** Paths of a node, by their type: pkg/volume/hostpath. */
import type { Turn } from "../Turn.ts"
import { hostDirectory } from "./Volumes.ts"

type Kind = "directory" | "file" | "socket" | "character" | "block"

/** What a node of Kind has, as far as pods ask for it. */
const known: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    [
      "/",
      "/boot",
      "/dev",
      "/dev/shm",
      "/etc",
      "/etc/cni/net.d",
      "/etc/kubernetes",
      "/etc/ssl/certs",
      "/home",
      "/kind",
      "/lib",
      "/lib/modules",
      "/mnt",
      "/opt",
      "/opt/cni/bin",
      "/proc",
      "/root",
      "/run",
      "/run/containerd",
      "/srv",
      "/sys",
      "/sys/fs/cgroup",
      "/tmp",
      "/usr",
      "/var",
      "/var/lib",
      "/var/lib/containerd",
      "/var/lib/kubelet",
      "/var/log",
      "/var/log/containers",
      "/var/log/pods",
      "/var/run"
    ].map((path) => [path, "directory"] as const)
  ),
  "/etc/hostname": "file",
  "/etc/hosts": "file",
  "/etc/machine-id": "file",
  "/etc/passwd": "file",
  "/etc/resolv.conf": "file",
  "/run/containerd/containerd.sock": "socket",
  "/run/xtables.lock": "file",
  "/dev/null": "character",
  "/dev/random": "character",
  "/dev/tty": "character",
  "/dev/urandom": "character",
  "/dev/zero": "character"
}

const kindOf = (turn: Turn, node: string, path: string): Kind | undefined => {
  const key = hostDirectory(node, path)
  if (turn.volumes[key] !== undefined || Object.keys(turn.volumes).some((one) => one.startsWith(`${key}/`))) return "directory"
  return known[path]
}

const wanted: Readonly<Record<string, readonly [kind: Kind, title: string]>> = {
  Directory: ["directory", "a directory"],
  DirectoryOrCreate: ["directory", "a directory"],
  File: ["file", "a file"],
  FileOrCreate: ["file", "a file"],
  Socket: ["socket", "a socket file"],
  CharDevice: ["character", "a character device"],
  BlockDevice: ["block", "a block device"]
}

export const missing = (
  turn: Turn,
  node: string,
  { path, type = "" }: { readonly path: string; readonly type?: string }
): string | undefined => {
  const asked = wanted[type]
  if (asked === undefined) return undefined
  const there = kindOf(turn, node, path.replace(/(?<=.)\/+$/u, ""))
  if (there === asked[0] || (there === undefined && type.endsWith("OrCreate"))) return undefined
  return `hostPath type check failed: ${path} is not ${asked[1]}`
}
