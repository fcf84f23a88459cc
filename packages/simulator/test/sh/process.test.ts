import * as BehaviourOf from "@aiopslab/core/Behaviour"
import { describe, expect, it } from "vitest"
import { run } from "./Container.ts"

/** A server that heeds SIGTERM. */
const server = BehaviourOf.program<null>({
  initial: null,
  step: (state, input) => ({
    state,
    effects:
      input._tag === "Start"
        ? [
            { _tag: "Log", stream: "stdout", line: "up" },
            { _tag: "Listen", port: 80 }
          ]
        : input._tag === "Signal"
          ? [
              { _tag: "Log", stream: "stdout", line: "down" },
              { _tag: "Exit", code: 0 }
            ]
          : []
  })
})
const resolve = (argv: ReadonlyArray<string>) => (argv[0] === "server" ? server : undefined)

const sh = (script: string, more: Omit<Parameters<typeof run>[0], "argv"> = {}) => run({ ...more, argv: ["sh", "-c", script] })

describe("a container's first process", () => {
  it("takes its time", () => {
    expect(sh("echo a; sleep 1.5; echo b; sleep 1m")).toMatchObject({ log: ["0s out: a", "1.5s out: b"], exit: "runs" })
  })

  it("ends with its script, whatever runs in the background", () => {
    expect(sh("(sleep 5; echo late) & echo first; sleep 1; exit 3")).toMatchObject({ log: ["0s out: first"], exit: "3 at 1s" })
    expect(sh("(sleep 2; exit 7) & p=$!; wait $p; echo $?; (sleep 1) & (sleep 3) & wait; echo all")).toMatchObject({
      log: ["2s out: 7", "5s out: all"],
      exit: "0 at 5s"
    })
  })

  it.each([[["sleep", "30"]], [["sh", "-c", "sleep 30"]], [["sh", "-c", "sleep 20; sleep 10"]]])("%j ignores SIGTERM", (argv) => {
    expect(run({ argv, signals: [1, 2] }).exit).toBe("0 at 30s")
  })

  it("heeds SIGTERM by a trap, when the command under way is done", () => {
    expect(sh("trap 'echo bye; exit 4' TERM; while true; do sleep 2; done", { signals: [3] })).toMatchObject({
      log: ["4s out: bye"],
      exit: "4 at 4s"
    })
    expect(sh("trap 'echo bye; exit 0' TERM; sleep 30 & wait", { signals: [3] }).exit).toBe("0 at 3s")
    expect(sh("trap 'exit 0' TERM; trap - TERM; sleep 5", { signals: [1] }).exit).toBe("0 at 5s")
  })

  it.each([
    ["exec server", "0 at 1s"],
    ["echo x > /f; server", "0 at 1s"],
    ["server; echo after", "runs"],
    ["server & wait", "runs"]
  ])("of `%s` gives SIGTERM to the program only in the shell's place", (script, exit) => {
    expect(sh(script, { resolve, signals: [1] }).exit).toBe(exit)
  })

  it("of a script that is a file stays a shell", () => {
    const files = { "/entry.sh": "server\n", "/exec.sh": "exec server\n" }
    expect(run({ argv: ["sh", "/entry.sh"], files, resolve, signals: [1] })).toMatchObject({
      log: ["0s out: up"],
      exit: "runs",
      listens: [80]
    })
    expect(run({ argv: ["sh", "/exec.sh"], files, resolve, signals: [1] })).toMatchObject({ log: ["0s out: up", "1s out: down"] })
  })

  it("leads a program's output where the script says", () => {
    expect(sh("server > /log", { resolve, signals: [1] }).files).toEqual({ "/log": "up\ndown\n" })
  })

  it("ends its children", () => {
    expect(sh("sleep 30 & kill $!; wait $!; echo $?; kill 99")).toMatchObject({
      log: ["0s out: 143", "0s err: sh: can't kill pid 99: No such process"],
      exit: "1 at 0s"
    })
  })

  it("asks the network", () => {
    const page = { _tag: "ok", payload: "hello" } as const
    expect(sh("x=$(wget -qO- http://web/); echo got $x", { reply: page }).log).toEqual(["0.002s out: got hello"])
    expect(sh("wget -q http://web/index.html; cat index.html; echo; nc -z web 80 && echo open", { reply: page }).log).toEqual([
      "0.002s out: hello",
      "0.004s out: open"
    ])
    const refused = { _tag: "failure", failure: "refused", message: "dial tcp 10.0.0.1:80: connect: connection refused" } as const
    expect(sh("wget -qO- http://web/ || echo failed", { reply: refused }).log).toEqual([
      "0.002s err: wget: can't connect to remote host (10.0.0.1): Connection refused",
      "0.002s out: failed"
    ])
  })

  it("serves", () => {
    expect(run({ argv: ["httpd", "-f", "-p", "8080", "-h", "/www"] })).toMatchObject({ listens: [8080], exit: "runs" })
    expect(sh("httpd -p 80; echo on")).toMatchObject({ listens: [80], exit: "0 at 0s" })
  })

  it("that never waits does so ever more rarely", () => {
    const { exit } = sh("while true; do :; done", { until: 3600 })
    expect(exit).toBe("runs")
  })
})
