/**
 * The program `mongo` of the image: a shell on the mongod of its own container. It reads its arguments, says where it connects, logs in,
 * and evaluates what it is given; output and exit codes are 4.4's.
 */
import * as Crypto from "node:crypto"
import * as Command from "../server/Command.ts"
import type { Data } from "../server/Data.ts"
import { anonymous, type Environment, newObjectId, newUuid, type Session } from "../server/Session.ts"
import { type Document, isDocument, textOf, type Value } from "../server/Value.ts"
import { type Arguments, parse } from "./Arguments.ts"
import type { Host, Interpreter, Outcome, Run } from "./Interpreter.ts"
import * as Prompt from "./Prompt.ts"
import { uncaught } from "./Trace.ts"

export interface Surroundings {
  readonly environment: Environment
  /** Names and addresses under which this mongod is reached from its own container. */
  readonly self: ReadonlyArray<string>
  readonly file: (path: string) => string | undefined
}

export interface Result {
  readonly stdout: string
  readonly exitCode: number
  readonly data: Data
  /** The result is the same whenever this is run on this data. */
  readonly pure: boolean
}

const evalFailed = 252
const fileFailed = 253

const commandOf = (text: string): Document => {
  const parsed: Value = JSON.parse(text)
  return isDocument(parsed) ? parsed : {}
}

/** A connection that a shell holds: what it changes is in `data` and `session`. */
interface Connection {
  data: Data
  session: Session
  impure: boolean
}

const banner = (args: Arguments): string => {
  const source = args.authenticationDatabase === undefined ? "" : `authSource=${args.authenticationDatabase}&`
  return `mongodb://${args.host}:${args.port}/${args.database ?? ""}?${source}compressors=disabled&gssapiServiceName=mongodb`
}

const notConnected = (why: string): string =>
  `Error: ${why} :\nconnect@src/mongo/shell/mongo.js:374:17\n@(connect):2:6\nexception: connect failed\nexiting with code 1\n`

const unreachable = (args: Arguments, self: ReadonlyArray<string>): string | undefined => {
  const at = `${args.host}:${args.port}`
  const prefix = `couldn't connect to server ${at}, connection attempt failed: `
  if (!self.includes(args.host)) return `${prefix}HostUnreachable: Error connecting to ${at} :: caused by :: No route to host`
  return args.port === 27017 ? undefined : `${prefix}SocketException: Error connecting to ${at} :: caused by :: Connection refused`
}

/** The surroundings of one shell: what it takes from clock or chance is noted, so that only pure results are remembered. */
const environmentOf = (connection: Connection, around: Environment): Environment => {
  let sessionId: string | undefined
  const environment: Environment = {
    ...around,
    now: () => {
      connection.impure = true
      return around.now()
    },
    random: () => {
      connection.impure = true
      return around.random()
    },
    sessionId: () => (sessionId ??= newUuid(environment))
  }
  return environment
}

const hostOf = (
  connection: Connection,
  environment: Environment,
  print: (text: string) => void,
  quit: (code: number) => void,
  address: string
): Host => ({
  run: (db, text) => {
    const answer = Command.run({ data: connection.data, session: connection.session, environment, db, command: commandOf(text) })
    connection.data = answer.data ?? connection.data
    connection.session = answer.session ?? connection.session
    return JSON.stringify(answer.reply)
  },
  print,
  quit,
  md5: (text) => Crypto.hash("md5", text),
  objectId: () => textOf(newObjectId(environment).$oid) ?? "",
  uuid: () => newUuid(environment),
  now: environment.now,
  random: environment.random,
  hostname: () => environment.host,
  address: () => address
})

const typed = (run: Run, input: string, print: (text: string) => void): "quit" | undefined => {
  for (const statement of Prompt.statements(input)) {
    const source = Prompt.script(statement)
    if (source === undefined) return undefined
    const outcome = run.evaluate(source, "(shell)")
    if (outcome._tag === "Quit") return "quit"
    if (outcome._tag === "Thrown") print(uncaught(outcome, source, "(shell)"))
  }
  return undefined
}

export const run = (interpreter: Interpreter, argv: ReadonlyArray<string>, stdin: string, data: Data, around: Surroundings): Result => {
  const args = parse(argv)
  const ended = (stdout: string, exitCode: number): Result => ({ stdout, exitCode, data, pure: true })
  if (typeof args === "string") return ended(`Error parsing command line: ${args}\ntry 'mongo --help' for more information\n`, 1)
  if (args.show === "version")
    return ended(
      `MongoDB shell version v${Command.version}\nBuild Info: {\n    "version": "${Command.version}",\n    "gitVersion": "${Command.gitVersion}"\n}\n`,
      0
    )
  if (args.show === "help")
    return ended(`MongoDB shell version v${Command.version}\nusage: mongo [options] [db address] [file names (ending in .js)]\n`, 0)

  const lines: Array<string> = []
  const print = (text: string): void => {
    lines.push(text)
  }
  const connection: Connection = { data, session: anonymous, impure: false }
  const environment = environmentOf(connection, around.environment)
  const finish = (exitCode: number): Result => ({
    stdout: lines.length === 0 ? "" : `${lines.join("\n")}\n`,
    exitCode,
    data: connection.data,
    pure: !connection.impure
  })

  if (!args.quiet) lines.push(`MongoDB shell version v${Command.version}`, `connecting to: ${banner(args)}`)
  const refused = args.nodb ? undefined : (unreachable(args, around.self) ?? authenticated(connection, environment, args))
  if (refused !== undefined) {
    lines.push(notConnected(refused).trimEnd())
    return finish(1)
  }
  if (!args.quiet) {
    lines.push(
      `Implicit session: session { "id" : UUID("${environment.sessionId?.() ?? ""}") }`,
      `MongoDB server version: ${Command.version}`
    )
  }
  let exitCode = 0
  const host = hostOf(
    connection,
    environment,
    print,
    (code) => {
      exitCode = code
    },
    `${args.host}:${args.port}`
  )
  return interpreter.run(host, (shell) => {
    if (args.database !== undefined) shell.execute(`db = db.getSiblingDB(${JSON.stringify(args.database)})`, "(connect)")
    for (const source of args.evals) {
      const outcome = shell.evaluate(source, "(shell eval)")
      if (outcome._tag === "Quit") return finish(exitCode)
      if (outcome._tag === "Thrown") {
        print(uncaught(outcome, source, "(shell eval)"))
        return finish(evalFailed)
      }
    }
    for (const path of args.files) {
      const outcome = executed(shell, path, around.file, print)
      if (outcome === "quit") return finish(exitCode)
      if (outcome === "failed") return finish(fileFailed)
    }
    if (args.evals.length === 0 && args.files.length === 0) {
      if (typed(shell, stdin, print) === "quit") return finish(exitCode)
      if (!args.quiet) lines.push("bye")
    }
    return finish(0)
  })
}

const authenticated = (connection: Connection, environment: Environment, args: Arguments): string | undefined => {
  if (args.user === undefined) return undefined
  const db = args.authenticationDatabase ?? args.database ?? "admin"
  const command: Document = { authenticate: 1, user: args.user, pwd: args.password ?? "" }
  const answer = Command.run({ data: connection.data, session: connection.session, environment, db, command })
  connection.session = answer.session ?? connection.session
  return Command.succeeded(answer.reply) ? undefined : Command.messageOf(answer.reply)
}

const executed = (shell: Run, path: string, file: Surroundings["file"], print: (text: string) => void): "done" | "quit" | "failed" => {
  const source = file(path)
  if (source === undefined) {
    print(`file [${path}] doesn't exist\nfailed to load: ${path}\nexiting with code -3`)
    return "failed"
  }
  const outcome: Outcome = shell.execute(source, path)
  if (outcome._tag === "Quit") return "quit"
  if (outcome._tag === "Done") return "done"
  print(`${uncaught(outcome, source, path)}\nfailed to load: ${path}\nexiting with code -3`)
  return "failed"
}
