/**
 * Writes the recorded answers of a real, new kube-apiserver: `test/golden/answers.golden.json` to `test/golden/requests.golden.json`,
 * `test/apply/…` to `test/apply/Sequences.ts`, `test/kinds/…` to `test/kinds/Cases.ts`, `test/workload/…` to `test/workload/Cases.ts`,
 * `test/estimate/…` to `test/estimate/Cases.ts`.
 * Arguments choose some of them; `breadth` is one more, `breadth.answers.golden.json` to `breadth.requests.golden.json`, of a server of
 * its own.
 *
 *     ../shared/kind-kit/apiserver start /tmp/api
 *     KUBECONFIG=/tmp/api/kubeconfig node --conditions=@aiopslab/source scripts/record.ts [golden] [apply] [kinds] [workload] [estimate] | breadth
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
import * as Estimate from "../test/estimate/Cases.ts"
import * as Cases from "../test/kinds/Cases.ts"
import { cases } from "../test/workload/Cases.ts"

const Kubeconfig = Schema.Struct({
  clusters: Schema.Tuple([
    Schema.Struct({ cluster: Schema.Struct({ server: Schema.String, "certificate-authority-data": Schema.String }) })
  ]),
  users: Schema.Tuple([Schema.Struct({ user: Schema.Struct({ token: Schema.String }) })])
})

const folder = new URL("../test/", import.meta.url).pathname
const chosen = process.argv.slice(2)
const isChosen = (name: string): boolean => chosen.includes(name) || (chosen.length === 0 && name !== "breadth")

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
  const lines = (texts: ReadonlyArray<string>): string => texts.join(",\n")
  for (const [name, prefix] of [
    ["golden", ""],
    ["breadth", "breadth."]
  ] as const) {
    if (!isChosen(name)) continue
    const steps = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Steps.Step)))(
      yield* fs.readFileString(`${folder}golden/${prefix}requests.golden.json`)
    )
    const answers = yield* Effect.forEach(steps, (step) => Effect.tap(Steps.answer(api, step), Effect.sleep(step.wait ?? 0)))
    yield* fs.writeFileString(`${folder}golden/${prefix}answers.golden.json`, `[\n${lines(answers.map((one) => JSON.stringify(one)))}\n]\n`)
  }
  if (isChosen("apply")) {
    const sequenced = yield* Effect.forEach(Object.entries(sequences), ([name, sequence]) =>
      Effect.map(
        Answers.answers(api, sequence, ({ path }) =>
          path.endsWith("/customresourcedefinitions") ? Effect.sleep("5 seconds") : Effect.void
        ),
        (found) => `${JSON.stringify(name)}: [\n${lines(found.map((one) => JSON.stringify(one)))}\n]`
      )
    )
    yield* fs.writeFileString(`${folder}apply/answers.golden.json`, `{\n${lines(sequenced)}\n}\n`)
  }
  if (isChosen("kinds")) {
    const told = yield* Effect.forEach(Cases.cases(yield* fs.readFileString(`${folder}kinds/objects.yaml`)), ({ label, request }) =>
      Effect.map(Cases.answer(api, request), (answer) => `${JSON.stringify(label)}: ${JSON.stringify(answer)}`)
    )
    yield* fs.writeFileString(`${folder}kinds/answers.golden.json`, `{\n${lines(told)}\n}\n`)
  }
  if (isChosen("workload")) {
    const told = yield* Effect.forEach(Object.entries(cases), ([title, request]) =>
      Effect.map(Steps.answer(api, request), (answer) => `${JSON.stringify(title)}: ${JSON.stringify(answer)}`)
    )
    yield* fs.writeFileString(`${folder}workload/answers.golden.json`, `{\n${lines(told)}\n}\n`)
  }
  if (isChosen("estimate")) {
    const told = yield* Effect.forEach(Object.entries(Estimate.definitions), ([title, definition]) =>
      Effect.map(Estimate.answer(api, title, definition), (answer) => `${JSON.stringify(title)}: ${JSON.stringify(answer)}`)
    )
    yield* fs.writeFileString(`${folder}estimate/answers.golden.json`, `{\n${lines(told)}\n}\n`)
  }
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
