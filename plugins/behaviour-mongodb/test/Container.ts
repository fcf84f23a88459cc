/** A container around a program: files, a volume, and the steps' effects by kind. */
import type { NetworkReply, NetworkRequest, ProgramContext, ProgramEffect, ProgramInput } from "@aiopslab/core/Behaviour"
import { virtualEpoch } from "@aiopslab/core/Cluster"
import { mongodb } from "../src/Mongod.ts"

export interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export class Container {
  readonly files: Record<string, string>
  readonly volume: Record<string, unknown>
  readonly argv: ReadonlyArray<string>
  logs: Array<string> = []
  state: unknown
  now = virtualEpoch
  seed = 1
  readonly program

  constructor(argv: ReadonlyArray<string>, files: Record<string, string> = {}, volume: Record<string, unknown> = {}) {
    this.files = files
    this.volume = volume
    this.argv = argv
    const program = mongodb.program(argv)
    if (program === undefined) throw new Error(`no program for ${argv.join(" ")}`)
    this.program = program
    this.state = program.initial
  }

  context(): ProgramContext {
    return {
      now: this.now,
      namespace: "test",
      pod: "mongodb-geo-5ff578bcb8-jxnzd",
      podIp: "10.244.1.7",
      node: "worker",
      container: "mongo",
      image: "mongo:4.4.6",
      argv: this.argv,
      env: {},
      restarts: 0,
      file: (path) => {
        const text = this.files[path] ?? this.volume[path]
        return typeof text === "string" ? text : undefined
      },
      list: (directory) =>
        Object.keys(this.files)
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1))
          .sort(),
      isReadOnly: () => false,
      data: (path) => this.volume[path],
      random: () => (this.seed = (this.seed * 16807) % 2147483647) / 2147483647
    }
  }

  step(input: ProgramInput): ReadonlyArray<ProgramEffect> {
    const { effects, state } = this.program.step(this.state, input, this.context())
    this.state = state
    for (const effect of effects) {
      if (effect._tag === "Log") this.logs.push(effect.line)
      if (effect._tag === "WriteFile") this.volume[effect.path] = effect.text
      if (effect._tag === "SaveData") this.volume[effect.path] = effect.value
    }
    return effects
  }

  start(): this {
    this.step({ _tag: "Start" })
    return this
  }

  exec(argv: ReadonlyArray<string>, stdin = ""): Output {
    for (const effect of this.step({ _tag: "Exec", argv, stdin })) if (effect._tag === "Output") return effect
    throw new Error("no output")
  }

  /** `mongo --quiet --eval` without a login. */
  evaluate(script: string, ...options: ReadonlyArray<string>): Output {
    return this.exec(["mongo", "--quiet", ...options, "--eval", script])
  }

  ask(request: Omit<NetworkRequest, "protocol">): NetworkReply {
    for (const effect of this.step({ _tag: "Request", request: { protocol: "mongodb", ...request } }))
      if (effect._tag === "Answer") return effect.reply
    throw new Error("no answer")
  }
}

export const initScript = `#!/bin/bash
TARGET_DB="geo-db"
echo "users"
mongo admin --quiet <<EOF
db.createUser({ user: "admin", pwd: "admin", roles: [{ role: "readWrite", db: "$TARGET_DB" }] })
db.createUser({ user: "root", pwd: "root", roles: [{ role: "root", db: "admin" }] })
EOF
`

export const guarded = (): Container =>
  new Container(["docker-entrypoint.sh", "mongod", "--auth"], { "/docker-entrypoint-initdb.d/users.sh": initScript }).start()
export const open = (): Container => new Container(["docker-entrypoint.sh", "mongod"]).start()
