/**
 * The program of every stand-in image. By the name that it is called by it is one of the image's programs, or one of its executables,
 * which the container's program answers.
 */
import type { Behaviour } from "@aiopslab/core/Behaviour"
import * as Playbook from "@aiopslab/core/Playbook"
import type { Plugin } from "@aiopslab/core/Plugin"
import * as Registry from "@aiopslab/core/Registry"
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import * as StandIn from "../StandIn.ts"
import * as Control from "./Control.ts"
import { endWith, terminated } from "./Ending.ts"
import * as Host from "./Host.ts"
import * as ReadPod from "./ReadPod.ts"

interface Image {
  readonly behaviour: Behaviour
  readonly plugins: Registry.Registry
  /** As pods name it. */
  readonly name: string
}

const stdin = Effect.callback<string>((resume) => {
  const chunks: Array<Buffer> = []
  process.stdin.on("data", (chunk: Buffer) => chunks.push(chunk))
  process.stdin.on("end", () => resume(Effect.succeed(Buffer.concat(chunks).toString("utf8"))))
  process.stdin.on("error", () => resume(Effect.succeed("")))
})

const execute = (argv: ReadonlyArray<string>): Effect.Effect<number | undefined> =>
  Effect.map(Control.ask(argv, stdin), (output) => {
    if (output === undefined) return undefined
    writeSync(1, output.stdout)
    writeSync(2, output.stderr)
    return output.exitCode
  })

const environment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))

/** The program of this argv until it ends: its exit code, or 127 where the image has none. */
const drive = ({ behaviour, name, plugins }: Image, argv: ReadonlyArray<string>) => {
  const pod = ReadPod.read(name)
  const topologies = Object.values(Playbook.of(plugins).topologies)
  return Effect.gen(function* () {
    const running = yield* StandIn.start({ behaviour, topologies, pod, argv, env: environment() })
    if (running === undefined) {
      writeSync(2, `${argv[0] ?? ""}: not found\n`)
      return 127
    }
    yield* Control.serve(running.execute)
    yield* Effect.forkScoped(Effect.andThen(terminated, running.terminate))
    return yield* running.ended
  }).pipe(Effect.provide(Host.layer(pod)), Effect.scoped)
}

const isExecutable = ({ executables }: Behaviour, [name = ""]: ReadonlyArray<string>): boolean =>
  executables.includes(name.split("/").at(-1) ?? "")

const run = (image: Image, argv: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const answered = isExecutable(image.behaviour, argv) ? yield* execute(argv) : undefined
    if (answered !== undefined) return answered
    yield* Effect.orDie(image.behaviour.prepare)
    return yield* drive(image, argv)
  })

/** `name` is the image's, as pods have it. */
export const main = (plugins: ReadonlyArray<Plugin>, behaviourName: string, name: string, argv: ReadonlyArray<string>): void => {
  const registry = Registry.make(plugins)
  const found = Registry.all(registry, "Behaviour").find(({ component }) => component.name === behaviourName)
  endWith(found === undefined ? Effect.succeed(127) : run({ behaviour: found.component, plugins: registry, name }, argv))
}
