import { assert, describe, it } from "@effect/vitest"
import { load, place } from "@aiopslab/simulator/dns/Serving"
import { corefile } from "@aiopslab/simulator/dns/Manifests"
import * as Result from "effect/Result"

const path = "/etc/coredns/Corefile"

const failure = (text: string): string | undefined => {
  const loaded = load(path, text)
  return Result.isFailure(loaded) ? loaded.failure : undefined
}

/** As Kind's CoreDNS 1.12.1 logged them. */
const mistakes: ReadonlyArray<readonly [what: string, from: string, to: string, log: string]> = [
  ["an unknown directive", "ready", "redy", `${path}:6 - Error during parsing: Unknown directive 'redy'`],
  [
    "a block that isn't closed",
    "ttl 30\n    }",
    "ttl 30\n",
    `plugin/kubernetes: ${path}:12 - Error during parsing: unknown property 'prometheus'`
  ],
  ["an unknown property", "ttl 30", "tttl 30", `plugin/kubernetes: ${path}:10 - Error during parsing: unknown property 'tttl'`],
  ["a word for a number", "ttl 30", "ttl abc", `plugin/kubernetes: strconv.Atoi: parsing "abc": invalid syntax`],
  ["an end too early", "loadbalance\n}", "loadbalance", `${path}:22 - Syntax error: Unexpected token 'loadbalance', expecting '}'`]
]

describe("a Corefile", () => {
  it("is read as server blocks of directives", () => {
    const servers = Result.getOrThrow(load(path, `# cluster\n${corefile}example.org, example.net:54 {\n  whoami # who\n}\n`))
    assert.deepStrictEqual(
      servers.map(({ keys }) => keys),
      [[".:53"], ["example.org", "example.net:54"]]
    )
    assert.deepStrictEqual(
      servers[0]?.directives.map(({ name }) => name),
      ["errors", "health", "ready", "kubernetes", "prometheus", "forward", "cache", "loop", "reload", "loadbalance"]
    )
    assert.deepStrictEqual(servers[1]?.directives, [{ name: "whoami", words: [], line: 26, block: [] }])
    assert.deepStrictEqual(servers[0]?.directives[1]?.block, [{ words: ["lameduck", "5s"], line: 5 }])
  })

  it.each(mistakes)("with %s is refused", (_, from, to, log) => {
    assert.include(corefile, from)
    assert.strictEqual(failure(corefile.replace(from, to)), log)
  })

  it("without a word serves no names", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(load(path, "")).map(({ keys }) => keys),
      [[".:53"]]
    )
  })

  it("has zones with ports of their own", () => {
    assert.deepStrictEqual([".:53", "cluster.local", "dns://example.org:5353"].map(place), [
      { zone: ".", port: 53 },
      { zone: "cluster.local", port: 53 },
      { zone: "example.org", port: 5353 }
    ])
  })
})
