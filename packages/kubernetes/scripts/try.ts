import { admin } from "@aiopslab/core/Kubernetes"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Answers from "../test/apply/Answers.ts"
import { sequences } from "../test/apply/Sequences.ts"
const real = JSON.parse(readFileSync(new URL("../test/apply/answers.golden.json", import.meta.url), "utf8"))
const diff = (a: any, b: any, path: string): void => {
  if (JSON.stringify(a) === JSON.stringify(b)) return
  if (typeof a === "object" && typeof b === "object" && a && b && (Array.isArray(a) === Array.isArray(b))) {
    for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) diff(a[k], b[k], `${path}.${k}`)
    return
  }
  console.log(`   ${path}\n      ours ${JSON.stringify(a)}\n      real ${JSON.stringify(b)}`)
}
let total = 0, bad = 0
const program = Effect.gen(function* () {
  const only = process.argv[2]
  for (const [name, sequence] of Object.entries(sequences)) {
    if (only && !name.includes(only)) continue
    const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
    const ours = JSON.parse(JSON.stringify(yield* Answers.answers(api, sequence)))
    ours.forEach((o: any, i: number) => { total++; if (JSON.stringify(o) !== JSON.stringify(real[name][i])) { bad++; console.log(`## ${name} [${i}] ${sequence[i]!.method} ${sequence[i]!.path} ${JSON.stringify(sequence[i]!.query)} ${JSON.stringify(sequence[i]!.body)?.slice(0, 150)}`); diff(o, real[name][i], "") } })
  }
  console.log(`${bad} of ${total} differ`)
})
Effect.runPromise(program)
