/**
 * Writes `test/golden/answers.golden.json`: what a real, new kube-apiserver answers to `test/golden/requests.golden.json`; and
 * `test/apply/answers.golden.json` and `test/kinds/answers.golden.json`: to the sequences of `test/apply/Sequences.ts` and the cases of
 * `test/kinds/Cases.ts`. With an argument the like of the first for another set: `breadth.` for `breadth.requests.golden.json`.
 *
 *     ../shared/kind-kit/apiserver start /tmp/api
 *     KUBECONFIG=/tmp/api/kubeconfig node --conditions=@aiopslab/source scripts/record.ts [SET]
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
import * as Cases from "../test/kinds/Cases.ts"

const Kubeconfig = Schema.Struct({
  clusters: Schema.Tuple([
    Schema.Struct({ cluster: Schema.Struct({ server: Schema.String, "certificate-authority-data": Schema.String }) })
  ]),
  users: Schema.Tuple([Schema.Struct({ user: Schema.Struct({ token: Schema.String }) })])
})

const kinds = new URL("../test/kinds/", import.meta.url).pathname
const folder = new URL("../test/golden/", import.meta.url).pathname
const sequencesFolder = new URL("../test/apply/", import.meta.url).pathname

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
  const set = process.argv[2] ?? ""
  const steps = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Steps.Step)))(
    yield* fs.readFileString(`${folder}${set}requests.golden.json`)
  )
  const answers = yield* Effect.forEach(steps, (step) => Effect.tap(Steps.answer(api, step), Effect.sleep(step.wait ?? 0)))
  yield* fs.writeFileString(`${folder}${set}answers.golden.json`, `[\n${answers.map((answer) => JSON.stringify(answer)).join(",\n")}\n]\n`)
  yield* Effect.log(`${answers.length} answers`)
  if (set !== "") return
  const sequenced = yield* Effect.forEach(Object.entries(sequences), ([name, sequence]) =>
    Effect.map(
      Answers.answers(api, sequence, ({ path }) => (path.endsWith("/customresourcedefinitions") ? Effect.sleep("5 seconds") : Effect.void)),
      (found) => `${JSON.stringify(name)}: [\n${found.map((one) => JSON.stringify(one)).join(",\n")}\n]`
    )
  )
  yield* fs.writeFileString(`${sequencesFolder}answers.golden.json`, `{\n${sequenced.join(",\n")}\n}\n`)
  const lines: Array<string> = []
  for (const { label, request } of Cases.cases(yield* fs.readFileString(`${kinds}objects.yaml`))) {
    lines.push(`${JSON.stringify(label)}: ${JSON.stringify(yield* Cases.answer(api, request))}`)
  }
  yield* fs.writeFileString(`${kinds}answers.golden.json`, `{\n${lines.join(",\n")}\n}\n`)
  yield* Effect.log(`${lines.length} cases`)
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
