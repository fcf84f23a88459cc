/** Config maps and secrets. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { sha256 } from "@aiopslab/kubernetes/trust/Ecdsa"
import * as Effect from "effect/Effect"
import { type Flags, bool, text, texts } from "../../CommandLine.ts"
import { failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import type { Invocation, Problem } from "../../Invocation.ts"
import { mapJson } from "../../output/Json.ts"
import { type Generator, nameOf } from "./Generator.ts"

export const dataFlags: Flags = {
  "append-hash": bool,
  "from-literal": texts,
  "from-file": texts,
  "from-env-file": texts,
  cert: text,
  key: text,
  "docker-server": text,
  "docker-username": text,
  "docker-password": text,
  "docker-email": text,
  type: text
}

const base = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

const fileOf = Effect.fnUntraced(function* (inv: Invocation, path: string): Effect.fn.Return<string, Problem> {
  const text = yield* inv.files.read(path)
  return text ?? (yield* failure(`error reading ${path}: no such file or directory`))
})

/** Of one `--from-file`: a file, a file under another key, or all files of a folder. */
const fromFile = Effect.fnUntraced(function* (inv: Invocation, given: string): Effect.fn.Return<Fields.Fields, Problem> {
  const equals = given.indexOf("=")
  if (equals >= 0) return { [given.slice(0, equals)]: yield* fileOf(inv, given.slice(equals + 1)) }
  const folder = yield* inv.files.list(given)
  if (folder === undefined) return { [base(given)]: yield* fileOf(inv, given) }
  const files = yield* Effect.forEach(folder, (path) => Effect.map(inv.files.read(path), (text) => [base(path), text] as const))
  return Object.fromEntries(files.filter(([, text]) => text !== undefined))
})

const fromEnvFile = Effect.fnUntraced(function* (inv: Invocation, path: string): Effect.fn.Return<Fields.Fields, Problem> {
  const lines = (yield* fileOf(inv, path)).split("\n").map((line) => line.trimStart().replace(/\r$/u, ""))
  return Object.fromEntries(
    lines
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const equals = line.indexOf("=")
        return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)]
      })
  )
})

const dataOf = Effect.fnUntraced(function* (inv: Invocation): Effect.fn.Return<Fields.Fields, Problem> {
  const { line } = inv
  const [literals, files, environments] = [line.raw("from-literal"), line.raw("from-file"), line.raw("from-env-file")]
  if (environments.length > 0 && literals.length + files.length > 0)
    return yield* failure("from-env-file cannot be combined with from-file or from-literal")
  const out: Record<string, unknown> = {}
  for (const pair of literals) {
    const equals = pair.indexOf("=")
    if (equals <= 0) return yield* failure(`invalid literal source ${pair}, expected key=value`)
    out[pair.slice(0, equals)] = pair.slice(equals + 1).replace(/^(["'])(.*)\1$/su, "$2")
  }
  for (const given of files) Object.assign(out, yield* fromFile(inv, given))
  for (const path of environments) Object.assign(out, yield* fromEnvFile(inv, path))
  return out
})

/** Hexadecimal digits that make no words. */
const unworded: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" }

/** `--append-hash`: the name goes with what the object holds. */
const named = (inv: Invocation, object: KubeObject): KubeObject => {
  if (!inv.line.isSet("append-hash")) return object
  const { name } = object.metadata
  const told = {
    kind: object.kind,
    name,
    data: Fields.record(object, "data"),
    ...(object.kind === "Secret" ? { type: Fields.text(object, "type") } : {})
  }
  const digest = sha256(new TextEncoder().encode(mapJson(told))).toString("hex")
  const suffix = digest.slice(0, 10).replace(/[013ae]/gu, (digit) => unworded[digit] ?? digit)
  return Fields.withMetadata(object, { name: `${name}-${suffix}` })
}

const base64 = (text: string): string => Buffer.from(text).toString("base64")

export const configMap: Generator = {
  refused: "failed to create configmap:",
  make: Effect.fnUntraced(function* (inv, names) {
    const name = yield* nameOf(inv, names)
    const data = yield* dataOf(inv)
    return named(inv, { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, ...(Object.keys(data).length === 0 ? {} : { data }) })
  })
}

const docker = Effect.fnUntraced(function* (inv: Invocation) {
  const { line } = inv
  const [username, password] = [line.text("docker-username") ?? "", line.text("docker-password") ?? ""]
  const server = line.text("docker-server") ?? "https://index.docker.io/v1/"
  const email = line.text("docker-email") ?? ""
  if (line.has("from-file")) return { ".dockerconfigjson": yield* fileOf(inv, line.raw("from-file")[0]?.replace(/^[^=]*=/u, "") ?? "") }
  if (username === "" || password === "" || server === "")
    return yield* failure("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required")
  const entry = { username, password, ...(email === "" ? {} : { email }), auth: base64(`${username}:${password}`) }
  return { ".dockerconfigjson": JSON.stringify({ auths: { [server]: entry } }) }
})

const pem = /-----BEGIN [A-Z0-9 ]+-----/u

const tls = Effect.fnUntraced(function* (inv: Invocation) {
  const [cert, key] = [inv.line.text("cert") ?? "", inv.line.text("key") ?? ""]
  if (cert === "" || key === "") return yield* failure("key and cert must be specified")
  const [certificate, secret] = [yield* fileOf(inv, cert), yield* fileOf(inv, key)]
  if (!pem.test(certificate)) return yield* failure("tls: failed to find any PEM data in certificate input")
  if (!pem.test(secret)) return yield* failure("tls: failed to find any PEM data in key input")
  return { "tls.crt": certificate, "tls.key": secret }
})

const secretKinds: Readonly<
  Record<string, { readonly type: string; readonly data: (inv: Invocation) => Effect.Effect<Fields.Fields, Problem> }>
> = {
  generic: { type: "", data: dataOf },
  "docker-registry": { type: "kubernetes.io/dockerconfigjson", data: docker },
  tls: { type: "kubernetes.io/tls", data: tls }
}

export const secret: Generator = {
  refused: "failed to create secret",
  make: Effect.fnUntraced(function* (inv, [kind = "", ...names]) {
    const of = secretKinds[kind]
    if (of === undefined) return yield* failure("one of docker-registry, generic and tls must be given")
    const name = yield* nameOf(inv, names)
    const data = yield* of.data(inv)
    const type = of.type || (inv.line.text("type") ?? "")
    return named(inv, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      ...(type === "" ? {} : { type }),
      ...(Object.keys(data).length === 0
        ? {}
        : { data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(String(value))])) })
    })
  })
}
