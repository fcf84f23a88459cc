import { assert, describe, layer } from "@effect/vitest"
import { requireProgram } from "@aiopslab/testkit/Requirements"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { finish } from "./Program.ts"
import { ServedCluster } from "./ServedCluster.ts"

/** Debian's python3 comes without the parts that make an environment. */
const withoutVenv = () => {
  if (spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0) return undefined
  if ((process.env["AIOPSLAB_REQUIRE_ALL"] ?? "") !== "")
    throw new Error("python3 can't make an environment (venv), and AIOPSLAB_REQUIRE_ALL is set")
  return " (skipped: python3 has no venv)"
}

const missing = requireProgram("python3") ?? withoutVenv()
const clients = fileURLToPath(new URL("../clients/", import.meta.url))

const succeed = Effect.fnUntraced(function* (program: string, argv: ReadonlyArray<string>) {
  const { code, stderr, stdout } = yield* finish(program, { argv })
  assert.strictEqual(code, 0, `${program} ${argv.join(" ")}\n${stdout}${stderr}`)
  return stdout
})

const decode = Schema.decodeEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

describe.skipIf(missing !== undefined)(`the Python client${missing ?? ""}`, () => {
  layer(ServedCluster.layer("x60"), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(
      "lists, watches, writes, applies, deletes and runs commands as its documentation says",
      () =>
        Effect.gen(function* () {
          const { dir, kubeconfig } = yield* ServedCluster
          const environment = join(dir, "python")
          yield* succeed("python3", ["-m", "venv", environment])
          const python = join(environment, "bin", "python")
          yield* succeed(python, [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            join(clients, "requirements.txt")
          ])
          const { listed, ...seen } = yield* decode(yield* succeed(python, [join(clients, "client.py"), kubeconfig]))
          assert.include(listed as ReadonlyArray<string>, "mongodb-geo")
          assert.deepStrictEqual(seen, {
            version: "v1.34.4",
            page: [2, true],
            conflict: [409, "Conflict"],
            data: { a: "1", b: "2", c: "3" },
            events: [
              ["ADDED", "python"],
              ["MODIFIED", "python"],
              ["MODIFIED", "python"],
              ["DELETED", "python"]
            ],
            ready: 2,
            managers: ["one"],
            applyConflict: 'Apply failed with 1 conflict: conflict with "one": .metadata.labels.made',
            forced: "by-another",
            deleted: true,
            exec: "out\nerr\n",
            exit: ["once\n", 3],
            log: 3,
            missing: [404, 'pods "nobody" not found']
          })
        }),
      300_000
    )
  })
})
