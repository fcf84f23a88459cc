/** Commands in a container's shell that tell of its surroundings: its processes, its user, its name. */
import type { Command } from "@aiopslab/shell/Shell"
import * as Effect from "effect/Effect"
import type { Container } from "../Container.ts"
import * as Execute from "../kubelet/Execute.ts"
import { quoted } from "../sh/Word.ts"
import type { Cell } from "./Cell.ts"
import { getent, nslookup } from "./NameCommands.ts"
import { said, wrong } from "./Said.ts"

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

const own: Readonly<Record<string, (cell: Cell, container: Container) => Command>> = {
  ps,
  id: () => id,
  whoami: () => () => Effect.succeed(said(["root"])),
  hostname: (_, container) => hostname(container),
  nslookup,
  getent
}

export const commands = (cell: Cell, container: Container): Readonly<Record<string, Command>> => ({
  ...Object.fromEntries(Object.entries(own).map(([name, command]) => [name, command(cell, container)])),
  ...Object.fromEntries(lent[container.behaviour?.shell === "bash" ? "bash" : "sh"].map((name) => [name, borrowed(cell, container, name)]))
})

/** Whether an image with such a shell has a command of that name here. */
export const isCommand = (name: string, shell: "sh" | "bash"): boolean =>
  Object.hasOwn(own, name) || lent[shell].some((one) => one === name)
