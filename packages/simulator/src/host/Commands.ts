/** Commands in a container's shell that tell of its surroundings: its processes, its user, its name, names in the cluster's DNS. */
import type { Command, Result } from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import * as Execute from "../kubelet/Execute.ts"
import * as Network from "../Network.ts"
import { bits } from "../Draw.ts"
import type { World } from "../World.ts"
import type { Cell } from "./Cell.ts"

const said = (lines: ReadonlyArray<string>, exitCode = 0): Result => ({
  stdout: lines.map((line) => `${line}\n`).join(""),
  stderr: "",
  exitCode
})

const wrong = (message: string): Result => ({ stdout: "", stderr: `${message}\n`, exitCode: 1 })

/** `hh:mm` of a moment, UTC. */
const clock = (millis: number): string =>
  [Math.floor(millis / 3_600_000) % 24, Math.floor(millis / 60_000) % 60].map((part) => String(part).padStart(2, "0")).join(":")

interface Process {
  readonly pid: number
  readonly startedAt: number
  readonly command: string
}

/** As procps prints them, or busybox where the image has no bash. */
const listed = (processes: ReadonlyArray<Process>, form: "busybox" | "-ef" | "aux" | "plain"): ReadonlyArray<string> => {
  const pid = (width: number, one: Process) => String(one.pid).padStart(width)
  switch (form) {
    case "busybox":
      return ["PID   USER     TIME  COMMAND", ...processes.map((one) => `${pid(5, one)} root      0:00 ${one.command}`)]
    case "-ef":
      return [
        "UID          PID    PPID  C STIME TTY          TIME CMD",
        ...processes.map((one) => `root     ${pid(7, one)}       0  0 ${clock(one.startedAt)} ?        00:00:00 ${one.command}`)
      ]
    case "aux":
      return [
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND",
        ...processes.map(
          (one) => `root     ${pid(7, one)}  0.0  0.0      0     0 ?        Ss   ${clock(one.startedAt)}   0:00 ${one.command}`
        )
      ]
    case "plain":
      return [
        "    PID TTY          TIME CMD",
        ...processes.map((one) => `${pid(7, one)} ?        00:00:00 ${one.command.split(" ")[0] ?? ""}`)
      ]
  }
}

const ps =
  (cell: Cell, container: Container): Command =>
  ({ argv }) =>
    Effect.map(cell.present, ({ containers, now }) => {
      const { state } = containers.get(container.key) ?? container
      const options = argv.join("").replaceAll("-", "")
      const form =
        container.behaviour?.shell !== "bash" ? "busybox" : options.includes("f") ? "-ef" : options.includes("u") ? "aux" : "plain"
      const program = { pid: 1, startedAt: state._tag === "Running" ? state.startedAt : now, command: container.argv.join(" ") }
      return said(listed([program, { pid: 8, startedAt: now, command: ["ps", ...argv].join(" ") }], form))
    })

const id: Command = ({ argv }) => {
  const [option] = argv
  if (option === undefined) return Effect.succeed(said(["uid=0(root) gid=0(root) groups=0(root)"]))
  return Effect.succeed(
    /^-[nr]*[ugG][nr]*$/u.test(option) ? said([option.includes("n") ? "root" : "0"]) : wrong(`id: unrecognized option '${option}'`)
  )
}

const hostname =
  (container: Container): Command =>
  ({ argv }) =>
    Effect.succeed(said([argv[0] === "-i" || argv[0] === "-I" ? container.podIp : (container.env["HOSTNAME"] ?? container.pod)]))

const noServers = [";; connection timed out; no servers could be reached", ""] as const

type Found = ReturnType<typeof Network.lookup>

/** Asks for a name, for as long as that takes. */
const resolving = (
  cell: Cell,
  container: Container,
  ask: (world: World, draw: () => number) => readonly [Network.Question, Found],
  answer: (found: Found, world: World) => Result
): Effect.Effect<Result> =>
  Effect.flatMap(cell.present, (world) => {
    const [{ fate, lateMillis }, found] = ask(world, () => bits(world.seed, `look-up ${container.key}`, world.now))
    const result = Effect.succeed(answer(fate === "lost" ? "timeout" : found, world))
    return lateMillis === 0 ? result : Effect.delay(result, lateMillis)
  })

const nslookup =
  (cell: Cell, container: Container): Command =>
  ({ argv }) => {
    const host = argv.find((word) => !word.startsWith("-"))
    if (host === undefined) return Effect.succeed(wrong("Usage: nslookup HOST"))
    const ask = (world: World, draw: () => number) =>
      [Network.question(world, container, draw), Network.asked(world, container, host)] as const
    return resolving(cell, container, ask, (found, world) => {
      const { nameserver } = Network.settingOf(world, container)
      const server = container.behaviour?.shell === "bash" ? `${nameserver}#53` : `${nameserver}:53`
      if (found === "refused") {
        return { ...said([...noServers], 1), stderr: `nslookup: write to '${nameserver}': Connection refused\n` }
      }
      if (found === "timeout") return said([...noServers], 1)
      const head = [`Server:\t\t${nameserver}`, `Address:\t${server}`, ""]
      return typeof found === "string"
        ? said([...head, `** server can't find ${host}: ${found === "no such host" ? "NXDOMAIN" : "SERVFAIL"}`, ""], 1)
        : said([...head, ...found.addresses.flatMap((address) => [`Name:\t${found.name}`, `Address: ${address}`]), ""])
    })
  }

/** Of the databases there is `hosts`: the container's own names, then the cluster's. */
const getent =
  (cell: Cell, container: Container): Command =>
  ({ argv: [database, host] }) => {
    if (database !== "hosts" && database !== "ahosts") return Effect.succeed(wrong(`Unknown database: ${database ?? ""}`))
    const line = (address: string, name: string) => `${address.padEnd(15)} ${name}`
    if (host === undefined)
      return Effect.succeed(said([line("127.0.0.1", "localhost"), line(container.podIp, container.env["HOSTNAME"] ?? "")]))
    if (host === "localhost") return Effect.succeed(said([line("::1", "localhost")]))
    if (host === container.env["HOSTNAME"]) return Effect.succeed(said([line(container.podIp, host)]))
    const ask = (world: World, draw: () => number) =>
      [Network.questionFor(world, container, host, draw), Network.lookup(world, container, host)] as const
    return resolving(cell, container, ask, (found) =>
      typeof found === "string" ? said([], 2) : said(found.addresses.map((address) => line(address, found.name)))
    )
  }

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Of the shell that the kubelet uses, what the interpreter of this one lacks: the network, the processes, the machine. */
const lent = { sh: ["dd", "kill", "nc", "uname", "wget"], bash: ["kill", "uname"] } as const

/** How long somebody waits at most for what never answers. */
const patienceMillis = 60_000

const borrowed =
  (cell: Cell, container: Container, name: string): Command =>
  ({ argv, cwd, stdin }) =>
    Effect.gen(function* () {
      const script = `cd ${quoted(cwd)}; ${[name, ...argv.map(quoted)].join(" ")}`
      const { elapsedMillis, outcome, stderr, stdout } = yield* cell.change((turn) =>
        Execute.execute(turn, turn.containers.get(container.key) ?? container, ["sh", "-c", script], patienceMillis, stdin)
      )
      if (elapsedMillis > 0) yield* Effect.sleep(elapsedMillis)
      return { stdout, stderr, exitCode: outcome._tag === "Exited" ? outcome.status : 1 }
    })

export const commands = (cell: Cell, container: Container): Readonly<Record<string, Command>> => ({
  ps: ps(cell, container),
  id,
  whoami: () => Effect.succeed(said(["root"])),
  hostname: hostname(container),
  nslookup: nslookup(cell, container),
  getent: getent(cell, container),
  ...Object.fromEntries(lent[container.behaviour?.shell === "bash" ? "bash" : "sh"].map((name) => [name, borrowed(cell, container, name)]))
})

const ours: ReadonlySet<string> = new Set(["ps", "id", "whoami", "hostname", "nslookup", "getent"])

/** Whether an image with such a shell has a command of that name here. */
export const isCommand = (name: string, shell: "sh" | "bash"): boolean => ours.has(name) || lent[shell].some((one) => one === name)
