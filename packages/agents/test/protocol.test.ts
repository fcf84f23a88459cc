import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Protocol from "@aiopslab/agents/Protocol"

const block = (text: string) => "```\n" + text + "\n```"
const call = (message: string) => Result.getOrThrow(Protocol.read(message))
const correction = (message: string) => Result.match(Protocol.read(message), { onSuccess: () => "a call", onFailure: (text) => text })

describe("a message is a call", () => {
  const cases: ReadonlyArray<readonly [string, unknown]> = [
    ['get_logs("ns", "geo")', { name: "get_logs", args: ["ns", "geo"], kwargs: {} }],
    [
      "get_logs(namespace='ns', service=\"geo\", tail=10)",
      { name: "get_logs", args: [], kwargs: { namespace: "ns", service: "geo", tail: 10 } }
    ],
    ["submit(['a', 'b'])", { name: "submit", args: [["a", "b"]], kwargs: {} }],
    [
      "submit({'system_level': 'Application', \"fault_type\": \"Misconfiguration\"})",
      { name: "submit", args: [{ system_level: "Application", fault_type: "Misconfiguration" }], kwargs: {} }
    ],
    ["submit()", { name: "submit", args: [], kwargs: {} }],
    ["submit( True, None, -1.5e3, (1, 2), (3), {4}, )", { name: "submit", args: [true, null, -1500, [1, 2], 3, [4]], kwargs: {} }],
    ['submit("a" \'b\' r"\\n" "\\n\\x41\\u00e9\\q")', { name: "submit", args: ["ab\\n\nAé\\q"], kwargs: {} }],
    ["submit('''two\nlines''') # done", { name: "submit", args: ["two\nlines"], kwargs: {} }],
    ['submit(\n  [\n    "a",  # first\n  ]\n)', { name: "submit", args: [["a"]], kwargs: {} }],
    ["submit(__proto__=1)", { name: "submit", args: [], kwargs: Object.fromEntries([["__proto__", 1]]) }],
    ['exec_shell("kubectl get pods")', { name: "exec_shell", args: ["kubectl get pods"], kwargs: {} }],
    ["exec_shell(command='ls -l', timeout=60)", { name: "exec_shell", args: ["ls -l"], kwargs: { timeout: 60 } }],
    ['exec_shell("ls", 60)', { name: "exec_shell", args: ["ls"], kwargs: { timeout: 60 } }],
    ['exec_shell("echo \\"hi\\" \\n \\\\ \'x\'")', { name: "exec_shell", args: ["echo \"hi\" \\n \\\\ 'x'"], kwargs: {} }],
    [
      'exec_shell("mongo --eval "db.runCommand({a: 1})" admin")',
      { name: "exec_shell", args: ['mongo --eval "db.runCommand({a: 1})" admin'], kwargs: {} }
    ],
    ['exec_shell("""cat <<EOF\nx\nEOF""")', { name: "exec_shell", args: ["cat <<EOF\nx\nEOF"], kwargs: {} }]
  ]
  for (const [text, expected] of cases) {
    it.effect(JSON.stringify(text), () => Effect.sync(() => assert.deepStrictEqual(call(block(text)) as unknown, expected)))
  }

  it.effect("with a language tag and words around it", () =>
    Effect.sync(() => {
      const expected = { name: "submit", args: ["Yes"], kwargs: {} }
      for (const message of [
        'I am sure.\n```python\nsubmit("Yes")\n```\nThat is all.',
        '```submit("Yes")```',
        '```\r\nsubmit("Yes")\r\n```',
        "```\n\n```\n" + block('submit("Yes")')
      ]) {
        assert.deepStrictEqual(call(message), expected)
      }
    })
  )
})

describe("what is none gets a correction that says why", () => {
  const cases: ReadonlyArray<readonly [string, RegExp]> = [
    ["", /no block/],
    ['submit("Yes")', /no block/],
    ['```\nsubmit("Yes")', /not closed/],
    [block("submit(1)") + block("submit(2)"), /2 blocks/],
    [block("submit"), /no "\(" after submit/],
    [block("submit(1"), /closing "\)" is missing/],
    [block("submit(Yes)"), /Yes is not a value; put texts in quotes/],
    [block("submit('Yes)"), /not closed/],
    [block("submit(1)\nsubmit(2)"), /more after the call/],
    [block("submit(a=1, 2)"), /positional argument follows/],
    [block("kubectl get pods"), /no "\(" after kubectl/],
    [block("exec_shell(ls)"), /ls is not a value/],
    [block("submit(" + "[".repeat(100_000)), /nested too deeply/],
    [block("submit(f())"), /f is not a value/],
    [block("submit(toString)"), /toString is not a value/]
  ]
  for (const [message, why] of cases) {
    it.effect(JSON.stringify(message.slice(0, 60)), () => Effect.sync(() => assert.match(correction(message), why)))
  }
})

describe("no input makes it throw", () => {
  const hostile = Schema.Array(
    Schema.Union([
      Schema.Literals([
        "```",
        "\n",
        "exec_shell(",
        "submit(",
        '"',
        "'",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        "#",
        ":",
        "command=",
        "1",
        "True",
        'r"',
        '"""',
        "\\u12"
      ]),
      Schema.String
    ])
  )
  it.effect.prop(
    "of fragments of calls",
    { parts: hostile },
    ({ parts }) =>
      Effect.sync(() => {
        for (const message of [parts.join(""), block(parts.join(""))]) {
          const result = Protocol.read(message)
          assert.isTrue(Result.isSuccess(result) ? typeof result.success.name === "string" : result.failure.length > 0)
        }
      }),
    { arbitrary: { runs: 500 } }
  )

  it.effect.prop(
    "and what Python writes is read back",
    { value: Schema.Array(Schema.Union([Schema.String, Schema.Boolean, Schema.Null, Schema.Record(Schema.String, Schema.Finite)])) },
    ({ value }) =>
      Effect.sync(() => {
        const text = JSON.stringify(value)
        if (text.includes("```")) return
        assert.deepStrictEqual(call(block(`submit(${text})`)).args[0], JSON.parse(text))
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect("nor long", () =>
    Effect.sync(() => {
      for (const text of [
        "(".repeat(200_000),
        '"'.repeat(200_000),
        'exec_shell("' + '" exec_shell'.repeat(20_000),
        "submit(" + "a=".repeat(100_000),
        'exec_shell("' + '\\"'.repeat(100_000)
      ]) {
        assert.isTrue(Result.isFailure(Protocol.read(block(text))))
      }
    })
  )
})
