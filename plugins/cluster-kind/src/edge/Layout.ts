/** Which nodes a cluster has, as a file that `kind create cluster --config` reads. */
import type { KindConfig } from "../Config.ts"
import * as fs from "node:fs"
import * as path from "node:path"

/** Beside the built plugin when it is installed, in the repository's `kind/` else. */
const folders = [path.join(import.meta.dirname, "../kind"), path.join(import.meta.dirname, "../../../../kind")]

const standard = (): string => {
  const name = process.arch === "arm64" ? "arm.yaml" : "x86.yaml"
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file)) ?? name
}

/** JSON is YAML. */
const withWorkers = (count: number): string =>
  JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [{ role: "control-plane" }, ...Array.from({ length: count }, () => ({ role: "worker" }))]
  })

/** The file's path; one that has to be written is written into the folder. */
export const fileFor = ({ file, nodes }: KindConfig, folder: string): string => {
  if (file !== undefined) return path.resolve(file)
  if (nodes === undefined) return standard()
  const written = path.join(folder, "cluster.json")
  fs.writeFileSync(written, withWorkers(nodes))
  return written
}
