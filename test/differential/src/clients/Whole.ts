/** Suite 2: clients at both servers. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { compare } from "./Compared.ts"
import * as Listed from "./Listed.ts"
import { header, page } from "./Page.ts"
import { sampled } from "./Sample.ts"
import { readAll } from "./Script.ts"
import { judge } from "./Verdict.ts"

export const run = Effect.fnUntraced(function* (extent: "whole" | "sample") {
  const scripts = yield* readAll
  const compared = yield* Stream.runCollect(compare(extent === "sample" ? sampled(scripts) : scripts))
  return { compared, verdict: judge(compared, yield* Listed.read("clients")) }
}, Effect.scoped)

const out = new URL("../../../../docs/reference/fidelity/", import.meta.url).pathname

/** Counts anew, and writes docs/reference/fidelity/clients.md. */
export const write = Effect.fnUntraced(function* ({ compared, verdict }: Effect.Success<ReturnType<typeof run>>) {
  const fs = yield* FileSystem.FileSystem
  yield* Listed.write("clients", verdict.unexplained)
  yield* fs.makeDirectory(out, { recursive: true })
  yield* fs.writeFileString(`${out}clients.md`, page(header, compared, verdict))
})
