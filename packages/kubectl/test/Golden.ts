/** The cases of `golden/cases.txt`: what kubectl 1.34 printed for them on kube-apiserver 1.34, in a form that the same case gives again. */
import { sortedWhole } from "@aiopslab/kubernetes/GoEncoder"
import type { KubeApi, KubeStatus } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { pathOf } from "@aiopslab/core/KubeClient"
import { plainWords } from "./Words.ts"
import type { KubectlResult } from "@aiopslab/kubectl/Kubectl"
import { discover, ofKind } from "@aiopslab/kubectl/Discovery"
import type { Files } from "@aiopslab/kubectl/Invocation"
import { documents } from "@aiopslab/kubectl/Manifests"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"

export const folder = fileURLToPath(new URL("golden/", import.meta.url))
export const namespace = "shop"

const read = (name: string): string => fs.readFileSync(folder + name, "utf8")

/** The command lines. */
export const cases: ReadonlyArray<string> = read("cases.txt")
  .split("\n")
  .filter((line) => line !== "")

export const argvOf = (line: string): ReadonlyArray<string> => plainWords(line)

export const files: Files = {
  read: (path) => Effect.sync(() => (fs.existsSync(folder + path) ? read(path) : undefined)),
  list: () => Effect.succeed(undefined)
}

/** Creates the fixtures, then writes their status. */
export const load = Effect.fnUntraced(function* (api: KubeApi): Effect.fn.Return<void, KubeStatus> {
  const discovery = yield* discover(api)
  const ago = `${new Date((yield* Clock.currentTimeMillis) - 36_060_000).toISOString().slice(0, 19)}Z`
  const objects = yield* Effect.orDie(documents("fixtures.yaml", read("fixtures.yaml").replaceAll("TEN_HOURS_AGO", JSON.stringify(ago))))
  for (const object of objects) {
    const resource = ofKind(discovery, object.apiVersion, object.kind)
    if (resource === undefined) return yield* Effect.die(new Error(`the server has no ${object.kind}`))
    const { status, ...body } = object
    const { name, namespace: where = "" } = object.metadata
    yield* api.request({ method: "POST", path: pathOf(resource, where), body })
    if (status === undefined) continue
    const given = JSON.stringify(sortedWhole(status))
    const path = pathOf(resource, where, name, "status")
    yield* api.request({ method: "PATCH", path, body: { status: JSON.parse(given) as unknown }, contentType: patchTypes.merge })
  }
})

/** Takes out what differs from run to run, keeping the width of columns. */
export const normal = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gu, "UID")
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/gu, "2026-01-01T00:00:00Z")
    .replace(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/gu, "Thu, 01 Jan 2026 00:00:00 +0000")
    .replace(/(resourceVersion"?: )"\d+"/gu, '$1"RV"')
    .replace(/\b(\d{1,2})s\b( *)/gu, (whole, _: string, space: string) => (space === "" ? "0s" : "0s".padEnd(whole.length)))

/** One case as text: the command line, then stdout, stderr and the exit code where they say something. */
export const entry = (line: string, result: KubectlResult): string => {
  const part = (mark: string, text: string) => {
    if (text === "") return ""
    const lines = normal(text).split("\n")
    const whole = lines.at(-1) === ""
    return `${(whole ? lines.slice(0, -1) : lines).map((one) => `${mark}${one}\n`).join("")}${whole ? "" : "(no line end)\n"}`
  }
  return `$ kubectl ${line}\n${part("| ", result.stdout)}${part("! ", result.stderr)}${result.exitCode === 0 ? "" : `exit code ${result.exitCode}\n`}\n`
}

/** What was recorded, by command line and in order. */
export const expected = (): ReadonlyArray<string> => read("expected.txt").split(/^(?=\$ kubectl )/mu)
