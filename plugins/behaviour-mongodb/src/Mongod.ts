/**
 * mongod 4.4.6 as the image starts it. What it keeps lies in one value under `/data/db`: with a volume there it outlives the container,
 * without one it is lost. `--auth` turns access control on.
 */
import * as Behaviour from "@aiopslab/core/Behaviour"
import type { ProgramContext, ProgramEffect, ProgramInput, Step } from "@aiopslab/core/Behaviour"
import { runShell } from "./Entrypoint.ts"
import { log } from "./Log.ts"
import { type Data, empty } from "./server/Data.ts"
import { version } from "./server/Command.ts"
import type { Environment } from "./server/Session.ts"
import * as Interpreter from "./shell/Interpreter.ts"
import * as Mongo from "./shell/Mongo.ts"
import * as Wire from "./Wire.ts"

type State = { readonly _tag: "Stopped" } | { readonly _tag: "Running"; readonly data: Data; readonly startedAt: number }

const port = 27017
const dataFolder = "/data/db"
const dataFile = `${dataFolder}/collections.wt`
/** What somebody who looks into the folder sees. Without it there is no database: `rm -rf /data/db/*` loses all at the next start. */
const marker = { path: `${dataFolder}/WiredTiger`, text: "WiredTiger\nWiredTiger 10.0.0: (January 13, 2021)\n" }
const initFolder = "/docker-entrypoint-initdb.d"

const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && "users" in value && "roles" in value && "databases" in value

type Access = "open" | "guarded"

const environmentOf = (context: ProgramContext, startedAt: number, access: Access): Environment => ({
  now: () => context.now,
  random: context.random,
  auth: access === "guarded",
  host: context.pod,
  argv: ["mongod", ...context.argv.filter((one) => one.startsWith("--")), "--bind_ip_all"],
  startedAt
})

const accessOf = ({ argv, env }: ProgramContext): Access =>
  argv.includes("--auth") || env.MONGO_INITDB_ROOT_USERNAME !== undefined ? "guarded" : "open"

const surroundings = (context: ProgramContext, environment: Environment): Mongo.Surroundings => ({
  environment,
  // a Service in front of this pod usually has its workload's name: that of the pod without the two hashes
  self: ["127.0.0.1", "localhost", "0.0.0.0", "::1", context.podIp, context.pod, context.pod.replace(/-[^-]+-[^-]+$/u, "")],
  file: context.file
})

/** The results of pure shell runs by what they ran on: a world that is forked many times asks the same again and again. */
const remembered = new WeakMap<Data, Map<string, Mongo.Result>>()

const runMongo = (
  context: ProgramContext,
  environment: Environment,
  data: Data,
  argv: ReadonlyArray<string>,
  stdin: string
): Mongo.Result => {
  const interpreter = Interpreter.current()
  if (interpreter === undefined) return { stdout: "mongo: the interpreter is not loaded\n", exitCode: 1, data, pure: false }
  const key = JSON.stringify([argv, stdin, environment.auth, environment.host])
  const known = remembered.get(data)?.get(key)
  if (known !== undefined) return known
  const result = Mongo.run(interpreter, argv, stdin, data, surroundings(context, environment))
  if (!result.pure || argv.some((one) => one.endsWith(".js"))) return result
  const results = remembered.get(data) ?? new Map<string, Mongo.Result>()
  results.set(key, result)
  remembered.set(data, results)
  return result
}

const line = (text: string): ProgramEffect => ({ _tag: "Log", stream: "stdout", line: text })

const rootUser = ({ env }: ProgramContext): string | undefined => {
  const { MONGO_INITDB_ROOT_PASSWORD: password, MONGO_INITDB_ROOT_USERNAME: user } = env
  if (user === undefined || password === undefined) return undefined
  return `db.createUser(${JSON.stringify({ user, pwd: password, roles: [{ role: "root", db: "admin" }] })})`
}

/** What the scripts of the init folder make of an empty data folder. */
const initialised = (context: ProgramContext): { readonly data: Data; readonly effects: ReadonlyArray<ProgramEffect> } => {
  const open = environmentOf(context, context.now, "open")
  const mongo = (data: Data, argv: ReadonlyArray<string>, stdin: string) => {
    const result = runMongo(context, open, data, argv, stdin)
    return { state: result.data, stdout: result.stdout, exitCode: result.exitCode }
  }
  const root = rootUser(context)
  let data = root === undefined ? empty : mongo(empty, ["mongo", "admin", "--quiet", "--eval", root], "").state
  const effects: Array<ProgramEffect> = []
  for (const name of context.list(initFolder)) {
    const path = `${initFolder}/${name}`
    const text = context.file(path)
    if (text === undefined || !/\.(sh|js)$/u.test(name)) {
      effects.push(line(`docker-entrypoint.sh: ignoring ${path}`))
      continue
    }
    effects.push(line(`docker-entrypoint.sh: running ${path}`))
    const outcome = name.endsWith(".js")
      ? (({ exitCode, state, stdout }) => ({ state, exitCode, lines: stdout === "" ? [] : stdout.trimEnd().split("\n") }))(
          mongo(data, ["mongo", context.env.MONGO_INITDB_DATABASE ?? "test", "--quiet", "--eval", text], "")
        )
      : runShell(text, context.env, data, mongo)
    data = outcome.state
    effects.push(...outcome.lines.map(line))
  }
  if (effects.length > 0) effects.push(line("MongoDB init process complete; ready for start up."))
  return { data, effects }
}

const start = (context: ProgramContext): Step<State> => {
  const { now, pod } = context
  const saved = context.file(marker.path) === undefined ? undefined : context.data(dataFile)
  const found = isData(saved) ? { data: saved, effects: [] } : initialised(context)
  const auth = accessOf(context) === "guarded"
  return {
    state: { _tag: "Running", data: found.data, startedAt: now },
    effects: [
      ...found.effects,
      ...(isData(saved)
        ? []
        : [
            { _tag: "WriteFile" as const, ...marker },
            { _tag: "WriteFile" as const, path: `${dataFolder}/mongod.lock`, text: "1\n" },
            { _tag: "SaveData" as const, path: dataFile, value: found.data }
          ]),
      log(now, "CONTROL", 4615611, "initandlisten", "MongoDB starting", {
        pid: 1,
        port,
        dbPath: dataFolder,
        architecture: "64-bit",
        host: pod
      }),
      log(now, "CONTROL", 23403, "initandlisten", "Build Info", {
        buildInfo: { version, allocator: "tcmalloc", environment: { distmod: "ubuntu1804", distarch: "x86_64" } }
      }),
      log(now, "CONTROL", 21951, "initandlisten", "Options set by command line", {
        options: auth ? { net: { bindIp: "*" }, security: { authorization: "enabled" } } : { net: { bindIp: "*" } }
      }),
      log(now, "STORAGE", 22315, "initandlisten", "Opening WiredTiger", { config: "create,cache_size=256M" }),
      ...(auth
        ? []
        : [
            log(
              now,
              "CONTROL",
              22120,
              "initandlisten",
              "Access control is not enabled for the database. Read and write access to data and configuration is unrestricted",
              undefined,
              "W"
            )
          ]),
      log(now, "NETWORK", 23015, "listener", "Listening on", { address: "0.0.0.0" }),
      log(now, "NETWORK", 23016, "listener", "Waiting for connections", { port, ssl: "off" }),
      { _tag: "Listen", port }
    ]
  }
}

const kept = (state: Extract<State, { readonly _tag: "Running" }>, data: Data, effects: ReadonlyArray<ProgramEffect>): Step<State> =>
  data === state.data
    ? { state, effects }
    : { state: { ...state, data }, effects: [...effects, { _tag: "SaveData", path: dataFile, value: data }] }

const executed = (state: State, argv: ReadonlyArray<string>, stdin: string, context: ProgramContext): Step<State> => {
  const name = argv[0]?.split("/").at(-1)
  if (name === "mongod")
    return {
      state,
      effects: [{ _tag: "Output", stdout: `db version v${version}\n`, stderr: "", exitCode: argv.includes("--version") ? 0 : 48 }]
    }
  if (name !== "mongo" || state._tag === "Stopped") {
    return { state, effects: [{ _tag: "Output", stdout: "", stderr: `${argv[0] ?? ""}: command not found\n`, exitCode: 127 }] }
  }
  const environment = environmentOf(context, state.startedAt, accessOf(context))
  const { data, exitCode, stdout } = runMongo(context, environment, state.data, argv, stdin)
  return kept(state, data, [{ _tag: "Output", stdout, stderr: "", exitCode }])
}

const step = (state: State, input: ProgramInput, context: ProgramContext): Step<State> => {
  switch (input._tag) {
    case "Start":
      return start(context)
    case "Request": {
      if (state._tag === "Stopped")
        return { state, effects: [{ _tag: "Answer", reply: { _tag: "failure", failure: "reset", message: "connection reset by peer" } }] }
      const environment = environmentOf(context, state.startedAt, accessOf(context))
      const { data, effects, reply } = Wire.answer(state.data, environment, input.request, context.now)
      return kept(state, data, [...effects, { _tag: "Answer", reply }])
    }
    case "Exec":
      return executed(state, input.argv, input.stdin, context)
    case "Signal":
      return {
        state: { _tag: "Stopped" },
        effects: [
          log(context.now, "CONTROL", 23377, "SignalHandler", "Received signal", { signal: 15, error: "Terminated" }),
          log(context.now, "CONTROL", 23138, "SignalHandler", "Shutting down", { exitCode: 0 }),
          { _tag: "Exit", code: 0 }
        ]
      }
    default:
      return { state, effects: [] }
  }
}

export const mongod = Behaviour.program<State>({ initial: { _tag: "Stopped" }, step })

/** The image `mongo`: its entry point starts mongod with whatever options it is given. */
export const mongodb = Behaviour.make({
  name: "mongodb",
  summary: "MongoDB 4.4.6: users, roles, databases, and its shell",
  images: ["mongo"],
  command: ["docker-entrypoint.sh", "mongod"],
  sizeMiB: 164,
  program: ([first = ""]) => (/(^|\/)(docker-entrypoint\.sh|mongod)$/u.test(first) || first.startsWith("--") ? mongod : undefined),
  executables: ["mongo", "mongod"],
  shell: "bash",
  files: {},
  prepare: Interpreter.prepare
})
