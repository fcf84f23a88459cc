/** What the tests with real clusters share: where they note what they hold, and what Docker has. */
import { requireProgram } from "@aiopslab/testkit/Requirements"
import { afterAll } from "vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Undefined where kind and Docker are there. */
export const missing = requireProgram("kind") ?? requireProgram("docker")

/** Of the kit, where there is one: the image that kind chooses by itself must be pulled. */
export const nodeImage = process.env["KIND_KIT_NODE_IMAGE"]

export const image = nodeImage === undefined ? {} : { image: nodeImage }

/** Its shell and a program that goes on by itself. */
export const application = "memcached:1.6-bookworm"

/** So that no run of anybody else is told of, or touched. */
export const noteApart = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "aiopslab-kind-state-"))
  process.env["XDG_STATE_HOME"] = folder
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
}

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")

/** Containers that are nodes of these clusters, running or not. */
export const containersOf = (...clusters: ReadonlyArray<string>): ReadonlyArray<string> =>
  clusters.flatMap((cluster) =>
    lines(execFileSync("docker", ["ps", "-aq", "--filter", `label=io.x-k8s.kind.cluster=${cluster}`], { encoding: "utf8" }))
  )

export const nodesOf = (cluster: string): ReadonlyArray<string> =>
  lines(execFileSync("kind", ["get", "nodes", "--name", cluster], { encoding: "utf8" })).toSorted()

export const inNode = (node: string, ...argv: ReadonlyArray<string>): string =>
  execFileSync("docker", ["exec", node, ...argv], { encoding: "utf8" })
