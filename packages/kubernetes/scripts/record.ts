/**
 * Writes `answers.golden.json` of `test/golden`, `test/apply` and `test/workload`: what a real, new kube-apiserver answers to
 * `test/golden/requests.golden.json`, `test/apply/Sequences.ts` and `test/workload/Cases.ts`. Names of folders choose some of them.
 *
 *     ../shared/kind-kit/apiserver start /tmp/api
 *     KUBECONFIG=/tmp/api/kubeconfig node --conditions=@aiopslab/source scripts/record.ts
 */
import { admin } from "@aiopslab/core/Kubernetes"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import * as HttpsClient from "../src/client/HttpsClient.ts"
import * as Answers from "../test/apply/Answers.ts"
import { sequences } from "../test/apply/Sequences.ts"
import * as Steps from "../test/golden/Steps.ts"
import { cases } from "../test/workload/Cases.ts"

const Kubeconfig = Schema.Struct({
  clusters: Schema.Tuple([
    Schema.Struct({ cluster: Schema.Struct({ server: Schema.String, "certificate-authority-data": Schema.String }) })
  ]),
  users: Schema.Tuple([Schema.Struct({ user: Schema.Struct({ token: Schema.String }) })])
})

const folder = new URL("../test/", import.meta.url).pathname
const chosen = process.argv.slice(2)
const isChosen = (name: string): boolean => chosen.length === 0 || chosen.includes(name)

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(process.env["KUBECONFIG"] ?? "")
  const {
    clusters: [{ cluster }],
    users: [{ user }]
  } = yield* Schema.decodeUnknownEffect(Kubeconfig)(parse(text))
  const client = yield* HttpsClient.make({
    server: cluster.server,
    ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
    headers: Effect.succeed({ authorization: `Bearer ${user.token}` })
  })
  const api = client(admin)
  if (isChosen("golden")) {
    const steps = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Steps.Step)))(
      yield* fs.readFileString(`${folder}golden/requests.golden.json`)
    )
    const answers = yield* Effect.forEach(steps, (step) => Steps.answer(api, step))
    yield* fs.writeFileString(
      `${folder}golden/answers.golden.json`,
      `[\n${answers.map((answer) => JSON.stringify(answer)).join(",\n")}\n]\n`
    )
  }
  if (isChosen("apply")) {
    const sequenced = yield* Effect.forEach(Object.entries(sequences), ([name, sequence]) =>
      Effect.map(
        Answers.answers(api, sequence),
        (found) => `${JSON.stringify(name)}: [\n${found.map((one) => JSON.stringify(one)).join(",\n")}\n]`
      )
    )
    yield* fs.writeFileString(`${folder}apply/answers.golden.json`, `{\n${sequenced.join(",\n")}\n}\n`)
  }
  if (isChosen("workload")) {
    const said = yield* Effect.forEach(Object.entries(cases), ([title, request]) =>
      Effect.map(Steps.answer(api, request), (answer) => `${JSON.stringify(title)}: ${JSON.stringify(answer)}`)
    )
    yield* fs.writeFileString(`${folder}workload/answers.golden.json`, `{\n${said.join(",\n")}\n}\n`)
  }
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
