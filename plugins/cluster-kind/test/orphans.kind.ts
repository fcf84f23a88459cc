/** A process that holds a cluster and is killed leaves an orphan, which is found by what it noted and deleted. */
import type { ClusterManagement } from "@aiopslab/core/ClusterProvider"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { containersOf, missing, nodeImage, noteApart } from "./Machine.ts"
import { provider, services } from "./Provider.ts"

noteApart()

const start = () =>
  spawn(process.execPath, ["--conditions=@aiopslab/source", join(import.meta.dirname, "programs/hold.ts"), nodeImage ?? ""], {
    stdio: ["ignore", "pipe", "inherit"]
  })

const run = <A>(of: (manage: ClusterManagement) => ClusterEffect<A>): Promise<A> => {
  const { manage } = provider
  if (manage === undefined) throw new Error("it manages nothing")
  return Effect.runPromise(of(manage).pipe(Effect.provide(services)))
}
type ClusterEffect<A> = Effect.Effect<A, unknown, Effect.Services<ClusterManagement["list"]>>

describe.skipIf(missing !== undefined)(`a process that is killed${missing ?? ""}`, () => {
  it("leaves an orphan; it can be attached to, and is deleted by `gc`, once", async () => {
    const child = start()
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()))
    while (!said.includes("\n"))
      await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => Promise.reject(new Error("it ended")))])
    const [, name = "", attachment = ""] = /^holds (\S+) (.*)$/mu.exec(said) ?? []
    expect(await run(({ list }) => list)).toEqual([{ name, state: "held", pid: child.pid }])
    await expect(run((manage) => manage.delete(name))).rejects.toMatchObject({ code: "CLUSTER_HELD" })
    expect(await run(({ collect }) => collect)).toEqual([])

    child.kill("SIGKILL")
    await once(child, "exit")
    expect(await run(({ list }) => list)).toEqual([{ name, state: "orphan" }])
    expect(containersOf(name)).toHaveLength(2)
    const attached = Effect.scoped(provider.attach(JSON.parse(attachment))).pipe(Effect.provide(services))
    expect((await Effect.runPromise(attached)).name).toBe(name)

    expect(await run(({ collect }) => collect)).toEqual([name])
    expect(containersOf(name)).toEqual([])
    expect(await run(({ collect }) => collect)).toEqual([])
    await expect(Effect.runPromise(attached)).rejects.toMatchObject({ code: "CLUSTER_GONE" })
    await expect(run((manage) => manage.delete(name))).rejects.toMatchObject({ code: "CLUSTER_UNKNOWN" })
  })
})
