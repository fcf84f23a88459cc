/** Through this socket the image's executables ask the program of their container, as `mongo` asks mongod. */
import type { ProgramEffect } from "@aiopslab/core/Behaviour"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"

type Output = Extract<ProgramEffect, { readonly _tag: "Output" }>

/** Where a container's root can't be written to, its executables have nobody to ask. */
const path = "/tmp/.aiopslab.sock"

const Asked = Schema.fromJsonString(Schema.Struct({ argv: Schema.Array(Schema.String), stdin: Schema.String }))
const Output = Schema.fromJsonString(Schema.TaggedStruct("Output", { stdout: Schema.String, stderr: Schema.String, exitCode: Schema.Int }))

/** All that the other side sends before it ends. */
const received = (socket: Socket): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.on("end", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
    socket.on("error", () => resume(Effect.succeed("")))
  })

export const serve = Effect.fn("Control.serve")(function* (
  execute: (argv: ReadonlyArray<string>, stdin: string) => Effect.Effect<Output>
): Effect.fn.Return<void, never, Scope.Scope> {
  const fork = yield* FiberSet.makeRuntime<never, void, never>()
  const handle = (socket: Socket) =>
    Effect.gen(function* () {
      const asked = Schema.decodeUnknownOption(Asked)(yield* received(socket))
      if (Option.isNone(asked)) return void socket.destroy()
      socket.end(JSON.stringify(yield* execute(asked.value.argv, asked.value.stdin)))
    })
  yield* Effect.callback<void>((resume) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => void fork(handle(socket)))
    server.on("error", () => resume(Effect.void))
    rmSync(path, { force: true })
    server.listen(path, () => resume(Effect.void))
  })
})

/** Undefined where no program runs. */
export const ask = (argv: ReadonlyArray<string>, stdin: Effect.Effect<string>): Effect.Effect<Output | undefined> =>
  Effect.callback<Socket, Error>((resume) => {
    const socket = connect({ path, allowHalfOpen: true }, () => resume(Effect.succeed(socket)))
    socket.on("error", (error) => resume(Effect.fail(error)))
  }).pipe(
    Effect.flatMap((socket) =>
      Effect.flatMap(stdin, (text) => {
        socket.end(JSON.stringify({ argv, stdin: text }))
        return received(socket)
      })
    ),
    Effect.map((text) => Option.getOrUndefined(Schema.decodeUnknownOption(Output)(text))),
    Effect.catch(() => Effect.succeed(undefined))
  )
