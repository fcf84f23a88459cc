import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
}

interface Packed {
  readonly name: string
  readonly folder: string
  readonly filename: string
  readonly files: ReadonlyArray<string>
}

const root = join(import.meta.dirname, "../../..")
const folder = mkdtempSync(join(tmpdir(), "aiopslab-pack-"))
const tarballs = join(folder, "tarballs")
const installed = join(folder, "installed")

// neither our condition nor the repository's programs may reach what a user runs; Node 24 itself must
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|INIT_CWD$|VITEST)/i.test(name))),
  PATH: [join(process.execPath, ".."), ...(process.env["PATH"] ?? "").split(delimiter).filter((path) => !path.startsWith(root))].join(
    delimiter
  )
}

const run = (cwd: string, program: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(program, args, { cwd, env: environment, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] })

const npm = (cwd: string, ...args: ReadonlyArray<string>): string => run(cwd, "npm", ...args)

const readJson = <A>(path: string): A => JSON.parse(readFileSync(path, "utf8")) as A

const publishable = globSync("{packages,plugins,apps}/*/package.json", { cwd: root })
  .map((path) => ({ folder: join(root, path, ".."), manifest: readJson<Manifest>(join(root, path)) }))
  .filter(({ manifest }) => manifest.private !== true)

const packed: Array<Packed> = []

const pack = (one: (typeof publishable)[number]): Packed => {
  const output = JSON.parse(npm(one.folder, "pack", "--json", "--ignore-scripts", "--pack-destination", tarballs)) as unknown
  // npm 11 prints a list, later ones an object by name
  const [entry] = Object.values(
    output as Readonly<Record<string, { readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }>>
  )
  if (entry === undefined) throw new Error(`npm pack printed nothing for ${one.manifest.name}`)
  return { name: one.manifest.name, folder: one.folder, filename: entry.filename, files: entry.files.map(({ path }) => path) }
}

const copiesOf = (name: string): ReadonlyArray<string> =>
  globSync(`**/node_modules/${name}/package.json`, { cwd: installed }).filter(
    (path) => readJson<Manifest>(join(installed, path)).name === name
  )

beforeAll(() => {
  npm(root, "run", "clean")
  npm(root, "run", "build")
  mkdirSync(tarballs)
  mkdirSync(installed)
  for (const one of publishable) packed.push(pack(one))
  writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  npm(
    installed,
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    ...packed.map(({ filename }) => join(tarballs, filename.replace("@", "").replace("/", "-")))
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("what is packed", () => {
  it("is built code alone", () => {
    const foreign = packed.flatMap(({ files, name }) =>
      files.filter((path) => /(^|\/)(src|test)\/|\.tsbuildinfo$/.test(path)).map((path) => `${name}: ${path}`)
    )
    expect(foreign).toEqual([])
  })

  it("has every module's source and declarations, and nothing that a deleted module left", () => {
    // the command's own dist is a bundle; its chunks have neither
    const odd = packed
      .filter((one) => one.name !== "aiopslab")
      .flatMap(({ files, folder: home, name }) =>
        files
          .filter((path) => /^dist\/.*\.js$/.test(path))
          .filter((path) => {
            const source = path.replace(/^dist\//, "src/").replace(/\.js$/, ".ts")
            return !files.includes(path.replace(/\.js$/, ".d.ts")) || !existsSync(join(home, source))
          })
          .map((path) => `${name}: ${path}`)
      )
    expect(odd).toEqual([])
    expect(packed.filter(({ files }) => !files.some((path) => path.startsWith("dist/"))).map(({ name }) => name)).toEqual([])
  })
})

describe("what is installed", () => {
  it("has one copy of effect, and one of each of ours", () => {
    const counts = ["effect", ...packed.map(({ name }) => name)].map((name) => [name, copiesOf(name).length])
    expect(counts.filter(([, count]) => count !== 1)).toEqual([])
  })

  it("says its version", () => {
    const { version } = readJson<{ readonly version: string }>(join(root, "apps/cli/package.json"))
    expect(run(installed, join(installed, "node_modules/.bin/aiopslab"), "--version")).toContain(version)
  })

  it("runs a trial", () => {
    const output = run(
      installed,
      join(installed, "node_modules/.bin/aiopslab"),
      "run",
      "noop-hotel-reservation",
      "--agent",
      "nop",
      "--json"
    )
    const report = JSON.parse(output) as {
      readonly trials: ReadonlyArray<{ readonly problem: string; readonly tasks: ReadonlyArray<object> }>
    }
    expect(report.trials).toMatchObject([{ problem: "noop-hotel-reservation" }])
    expect(report.trials[0]?.tasks.length).toBeGreaterThan(0)
  })

  it("has shells that live by the trial's clock", () => {
    const agent = `const turns = ["date +%Y; kubectl exec deploy/mongodb-geo -- sh -c 'date +%Y; echo $EPOCHSECONDS'; echo $((RANDOM * 0))"]
import { createInterface } from "node:readline"
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  if (message.type === "init") { console.log(JSON.stringify({ type: "ready" })); continue }
  process.stderr.write(message.state)
  const [turn] = turns.splice(0, 1)
  const call = turn === undefined ? 'submit("No")' : "exec_shell(" + JSON.stringify(turn) + ")"
  console.log(JSON.stringify({ type: "action", text: "\\x60\\x60\\x60\\n" + call + "\\n\\x60\\x60\\x60" }))
}
`
    writeFileSync(join(installed, "agent.mjs"), agent)
    const command = JSON.stringify([process.execPath, join(installed, "agent.mjs")])
    const bin = join(installed, "node_modules/.bin/aiopslab")
    run(
      installed,
      bin,
      "run",
      "noop-hotel-reservation",
      "--agent",
      "process",
      "--agent-with",
      `command=${command}`,
      "--out",
      "clocked",
      "--json"
    )
    const [session = ""] = globSync("clocked/trials/*/session-detection.json", { cwd: installed })
    expect(readFileSync(join(installed, session), "utf8")).toMatch(/2026\\n2026\\n17672\d{5}\\n0\\n/)
  })

  it("the program runs with one copy of effect loaded", () => {
    const probe = `import { registerHooks } from "node:module"
const roots = new Set()
registerHooks({ load: (url, context, next) => {
  const found = /^(.*\\/node_modules\\/effect\\/)/.exec(url)
  if (found !== null) roots.add(found[1])
  return next(url, context)
} })
process.on("exit", () => { process.stderr.write("effect-copies:" + roots.size + "\\n") })
`
    writeFileSync(join(installed, "probe.mjs"), probe)
    const bin = join(installed, "node_modules/.bin/aiopslab")
    const shell = `"${process.execPath}" --import ./probe.mjs "${bin}" run noop-hotel-reservation --agent nop --json 2>&1 >probe.json | grep effect-copies: | tail -1`
    expect(run(installed, "sh", "-c", shell).trim()).toBe("effect-copies:1")
  })
})
