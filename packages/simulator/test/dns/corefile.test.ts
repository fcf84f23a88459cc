import { assert, describe, it } from "@effect/vitest"
import { answering } from "@aiopslab/simulator/dns/Chain"
import type { Surroundings } from "@aiopslab/simulator/dns/Corefile"
import { place } from "@aiopslab/simulator/dns/Place"
import { plugins } from "@aiopslab/simulator/dns/Plugins"
import * as Serving from "@aiopslab/simulator/dns/Serving"
import { corefile } from "@aiopslab/simulator/dns/Manifests"
import * as Result from "effect/Result"

const path = "/etc/coredns/Corefile"

const files: Readonly<Record<string, string>> = {
  "/etc/coredns/zone": "template IN A {\n  rcode NXDOMAIN\n}",
  "/etc/coredns/bad": "cache {\n  sucess 30\n}",
  "/etc/coredns/custom/a.override": "whoami",
  "/etc/coredns/custom/b.override": "log",
  "/etc/coredns/custom/c.server": "example.com {\n  whoami\n}",
  "/etc/coredns/self": "import self",
  "/etc/coredns/lines": "errors\n\n\nlog\n",
  "/etc/coredns/open": "forward . 1.1.1.1 {\n max_fails 1\n",
  "/etc/coredns/snippets": "\n\n(wrong) {\n  nosuch\n}\n(right) {\n  errors\n}\n",
  "/etc/coredns/blank/a": "# nothing\n"
}

const around: Surroundings = {
  env: { ZONE: "example.org", TTL: "12" },
  file: (name) => files[name],
  list: (folder) =>
    Object.keys(files)
      .filter((name) => name.startsWith(`${folder}/`))
      .map((name) => name.slice(folder.length + 1).split("/")[0] ?? "")
      .filter((name, at, all) => all.indexOf(name) === at)
}

const load = (text: string) => Serving.load(path, text, around)

/** `KEYS: DIRECTIVES`, of each server block. */
const read = (text: string): ReadonlyArray<string> =>
  Result.getOrThrow(load(text)).servers.map(
    ({ directives, keys }) => `${keys.join(" ")}: ${directives.map(({ name, words }) => [name, ...words].join(" ")).join(", ")}`
  )

const failure = (text: string): string | undefined => {
  const loaded = load(text)
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
    const servers = Result.getOrThrow(load(`# cluster\n${corefile}example.org, example.net:54 {\n  whoami # who\n}\n`)).servers
    assert.deepStrictEqual(
      servers.map(({ keys }) => keys),
      [[".:53"], ["example.org", "example.net:54"]]
    )
    assert.deepStrictEqual(
      servers[0]?.directives.map(({ name }) => name),
      ["errors", "health", "ready", "kubernetes", "prometheus", "forward", "cache", "loop", "reload", "loadbalance"]
    )
    assert.deepStrictEqual(
      servers[1]?.directives.map(({ block, name, tokens, words }) => ({ block, line: tokens[0]?.line, name, words })),
      [{ name: "whoami", words: [], line: 26, block: [] }]
    )
    assert.deepStrictEqual(servers[0]?.directives[1]?.block, [{ words: ["lameduck", "5s"], file: "", line: 5 }])
  })

  it.each(mistakes)("with %s is refused", (_, from, to, log) => {
    assert.include(corefile, from)
    assert.strictEqual(failure(corefile.replace(from, to)), log)
  })

  it("without a word serves no names", () => {
    assert.deepStrictEqual(read(""), [".:53: whoami, log"])
  })

  it("has zones with ports of their own", () => {
    assert.deepStrictEqual([".:53", "cluster.local", "dns://example.org:5353"].map(place), [
      { transport: "dns", zone: ".", port: 53 },
      { transport: "dns", zone: "cluster.local", port: 53 },
      { transport: "dns", zone: "example.org", port: 5353 }
    ])
  })

  it("takes in snippets, files and variables", () => {
    assert.deepStrictEqual(read("(common) {\n  errors\n  log\n}\n{$ZONE}:54 {\n  import common\n  cache {%TTL%}\n}"), [
      "example.org:54: errors, log, cache 12"
    ])
    assert.deepStrictEqual(read(".:53 {\n  import zone\n  import custom/*.override\n}\nimport custom/*.server"), [
      ".:53: template IN A, whoami, log",
      "example.com: whoami"
    ])
    assert.deepStrictEqual(read("(ttl) {\n  success 30\n}\n.:53 {\n  cache {\n    import ttl\n  }\n  ready\n}"), [".:53: cache, ready"])
    assert.deepStrictEqual(Result.getOrThrow(load(".:53 {\n  import none/*\n}")).warnings, [
      "[WARNING] No files matching import glob pattern: none/*"
    ])
  })

  it.each([
    ["a file that isn't there", ".:53 {\n  import nothing\n}", `${path}:2 - Error during parsing: File to import not found: nothing`],
    [
      "an import of nothing",
      ".:53 {\n  import\n}",
      `${path}:2 - Error during parsing: Wrong argument count or unexpected line ending after 'import'`
    ],
    [
      "an import of two",
      ".:53 {\n  import a b\n}",
      `${path}:2 - Error during parsing: Import takes only one argument (glob pattern or file)`
    ],
    [
      "an import of a folder",
      ".:53 {\n  import custom\n}",
      `${path}:2 - Error during parsing: Could not import /etc/coredns/custom: is a directory`
    ],
    [
      "two stars",
      ".:53 {\n  import */*\n}",
      `${path}:2 - Error during parsing: Glob pattern may only contain one wildcard (*), but has others: /etc/coredns/*/*`
    ],
    [
      "a snippet of the same name",
      "(a) {\n}\n(a) {\n}",
      `${path}:3 - Error during parsing: redeclaration of previously declared snippet a`
    ],
    [
      "a circle of imports",
      ".:53 {\n  import self\n}",
      "/etc/coredns/self:1 - Error during parsing: maximum file import depth (1000) exceeded"
    ],
    [
      "a mistake in what it imports",
      ".:53 {\n  import bad\n}",
      "plugin/cache: /etc/coredns/bad:2 - Error during parsing: Wrong argument count or unexpected line ending after 'sucess'"
    ],
    // places as CoreDNS 1.12.1 tells them
    ["a mistake behind a file", ".:53 {\n  import lines\n  nosuch\n}", `${path}:3 - Error during parsing: Unknown directive 'nosuch'`],
    [
      "a mistake behind a file without words",
      ".:53 {\n  import blank/a\n  nosuch\n}",
      `${path}:3 - Error during parsing: Unknown directive 'nosuch'`
    ],
    [
      "a mistake behind a snippet",
      "(s) {\n  errors\n  log\n}\n.:53 {\n  import s\n  nosuch\n}",
      `${path}:7 - Error during parsing: Unknown directive 'nosuch'`
    ],
    [
      "a mistake in a snippet",
      "(s) {\n  errors\n  nosuch\n}\n.:53 {\n  import s\n}",
      `${path}:3 - Error during parsing: Unknown directive 'nosuch'`
    ],
    [
      "a mistake in a snippet of a file",
      "import snippets\n.:53 {\n  import right\n  import wrong\n}",
      "/etc/coredns/snippets:4 - Error during parsing: Unknown directive 'nosuch'"
    ],
    [
      "a wrong property behind a snippet's",
      "(s) {\n  success 1\n}\n.:53 {\n  cache {\n    import s\n    denal 2\n  }\n}",
      `plugin/cache: ${path}:7 - Error during parsing: Wrong argument count or unexpected line ending after 'denal'`
    ],
    [
      "a wrong property in a snippet",
      "(s) {\n  success 1\n  sucess 2\n}\n.:53 {\n  cache {\n    import s\n  }\n}",
      `plugin/cache: ${path}:3 - Error during parsing: Wrong argument count or unexpected line ending after 'sucess'`
    ],
    [
      "a wrong property behind a file that leaves its block open",
      ".:53 {\n  import open\n  nosuch\n}",
      `plugin/forward: ${path}:3 - Error during parsing: unknown property 'nosuch'`
    ],
    ["a file at the end", ".:53 {\n  import lines\n", "/etc/coredns/lines:4 - Syntax error: Unexpected token 'log', expecting '}'"],
    [
      "a snippet's import of nothing",
      "(s) {\n  import none\n}\n.:53 {\n  import s\n}",
      `${path}:2 - Error during parsing: File to import not found: none`
    ],
    ["a block in one line", ".:53 { whoami }", `${path}:1 - Error during parsing: Unexpected '}' because no matching opening brace`],
    ["a comma too many", "a, {\n}", `${path}:1 - Error during parsing: Expected another address but had '{' - check for extra comma`],
    ["a zone twice", ".:53 {\n  whoami\n}\n. {\n  whoami\n}", "cannot serve dns://.:53 - it is already defined"],
    [
      "a zone twice in one block",
      "example.org example.ORG:53 {\n  whoami\n}",
      "cannot serve dns://example.org.:53 - it is already defined"
    ],
    [
      "a zone on all addresses and on one",
      "a {\n  bind 127.0.0.1\n}\na {\n}",
      "cannot serve dns://a.:53 - zone overlap listener capacity with dns://a.:53 on 127.0.0.1"
    ]
  ])("with %s is refused, too", (_, text, log) => {
    assert.strictEqual(failure(text), log)
  })

  it("may have a zone twice on other ports, on other addresses or for some", () => {
    assert.isUndefined(failure("a a:54 {\n}\ntls://a {\n}"))
    assert.isUndefined(failure("a {\n  bind 127.0.0.1\n}\na {\n  bind 127.0.0.2\n}"))
    assert.isUndefined(failure("a {\n  view v {\n    expr true\n  }\n}\na {\n}"))
  })

  // CoreDNS 1.13.1 logged it for kubeadm's Corefile
  it("has the digest that CoreDNS logs", () => {
    assert.strictEqual(
      Serving.digestOf(Result.getOrThrow(load(corefile))),
      "1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b"
    )
  })

  it("is answered by the plugins that the table says", () => {
    assert.deepStrictEqual(plugins.flatMap(([name, part]) => (part === "answers" ? [name] : [])).sort(), [...answering].sort())
  })
})
