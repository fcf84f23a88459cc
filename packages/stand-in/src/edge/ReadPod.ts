/** What a container can find out about itself without asking anybody. */
import { readFileSync } from "node:fs"
import { hostname, networkInterfaces } from "node:os"
import type { Pod } from "../Pod.ts"
import * as Disk from "./Disk.ts"

/** The kubelet mounts a file for the termination message from a path that names the container. */
const containerOf = (mounts: string): string => /\/pods\/[^/\s]+\/containers\/([^/\s]+)\//u.exec(mounts)?.[1] ?? ""

const addressOf = (): string =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1"

export const read = (image: string): Pod => ({
  namespace: Disk.file("/var/run/secrets/kubernetes.io/serviceaccount/namespace") ?? "default",
  name: hostname(),
  ip: addressOf(),
  node: "",
  container: containerOf(readFileSync("/proc/self/mountinfo", "utf8")),
  image
})
