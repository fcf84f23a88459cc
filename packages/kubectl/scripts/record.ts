/**
 * Writes `golden/expected.txt` with the real kubectl against a bare kube-apiserver, both of the kind kit:
 *
 *   ../shared/kind-kit/apiserver start /tmp/api && node --conditions=@aiopslab/source packages/kubectl/scripts/record.ts /tmp/api/kubeconfig
 */
import { admin } from "@aiopslab/core/Kubernetes"
import * as HttpsClient from "@aiopslab/kubernetes/client/HttpsClient"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { homedir } from "node:os"
import { parse } from "yaml"
import * as Fields from "@aiopslab/kubectl/Fields"
import { argvOf, cases, entry, folder, load, namespace } from "../test/Golden.ts"

const kubectl = `${homedir()}/.cache/kind-kit/bin/kubectl`
const kubeconfig = process.argv[2] ?? ""
const config: unknown = parse(fs.readFileSync(kubeconfig, "utf8"))
const [cluster, user] = [Fields.at(config, "clusters", 0, "cluster"), Fields.at(config, "users", 0, "user")]

const record = Effect.scoped(
  Effect.gen(function* () {
    const api = (yield* HttpsClient.make({
      server: Fields.text(cluster, "server"),
      ca: Buffer.from(Fields.text(cluster, "certificate-authority-data"), "base64"),
      headers: Effect.succeed({ authorization: `Bearer ${Fields.text(user, "token")}` })
    }))(admin)
    const began = Date.now()
    const inNamespace = `${kubeconfig}-${namespace}`
    fs.writeFileSync(inNamespace, fs.readFileSync(kubeconfig, "utf8").replace(/context: \{/u, `context: {namespace: ${namespace}, `))
    yield* load(api)
    const entries = cases.map((line) => {
      const run = spawnSync(kubectl, argvOf(line), {
        encoding: "utf8",
        cwd: folder,
        env: { KUBECONFIG: inNamespace },
        input: "",
        timeout: 20_000
      })
      return entry(line, { stdout: run.stdout, stderr: run.stderr, exitCode: run.status ?? -1 })
    })
    fs.writeFileSync(`${folder}expected.txt`, entries.join(""))
    process.stdout.write(`${entries.length} cases in ${Date.now() - began} ms\n`)
  })
)

await Effect.runPromise(record)
