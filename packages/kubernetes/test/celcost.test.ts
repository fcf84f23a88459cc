/** What expressions may cost; the figures and the texts are those of a kube-apiserver 1.34. */
import { attempt, native } from "@aiopslab/kubernetes/cel/Language"
import * as Rules from "@aiopslab/kubernetes/custom/Rules"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"

const entries = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, `v${i}`]))

const isTooDear = (expression: string, count: number): boolean => {
  const { value } = attempt(expression, { object: native({ metadata: { name: "x" }, data: entries(count) }) })
  return Result.isFailure(value) && value.failure === "operation cancelled: actual cost limit exceeded"
}

/** The least number of entries of a ConfigMap that is too many. */
const limits: ReadonlyArray<readonly [number, string]> = [
  [577, "object.data.all(a, object.data.all(b, true))"],
  [408, "object.data.all(a, object.data.exists(b, b == 'q') == false)"],
  [704, "object.data.map(a, object.data.map(b, 1)).size() > 0"],
  [258, "object.data.all(a, size(object.data.filter(b, b != 'q')) > 0)"],
  [576, "object.data.all(a, object.data.exists_one(b, b == a))"],
  [500, "object.data.all(a, object.data.all(b, has(object.data)))"],
  [447, "object.data.all(a, object.data.all(b, has(object.data.k0)))"],
  [316, "object.data.all(a, object.data.all(b, object.metadata.name != object.data[b] ? true : object.data.k0 == b))"],
  [148, "object.data.all(a, size(object.data.map(b, b != 'q', {a: b})) > 0)"],
  [354, "object.data.all(a, object.data.all(b, [1,2,3][0] == 1 && b.startsWith('k')))"],
  [408, "object.data.all(a, object.data.all(b, b.matches('k[0-9]+') || a + b in object.data || b in ['q', 'k']))"]
]

const hundred = `[${Array.from({ length: 100 }, (_, i) => i).join(",")}]`

describe("the cost of expressions", () => {
  for (const [count, expression] of limits) {
    it(`${expression} is too dear for ${count} entries`, () => {
      assert.deepStrictEqual([isTooDear(expression, count - 1), isTooDear(expression, count)], [false, true])
    })
  }

  it("what would go on for hours ends, and no operator or quantifier hides it", () => {
    const endless = "abcdef".split("").reduce((inner, name) => `${hundred}.all(${name}, ${inner})`, "true")
    for (const one of [endless, `${endless} || true`, `true || ${endless}`, `[1].exists(x, ${endless}) || true`]) {
      const { cost, value } = attempt(one, {})
      if (one.startsWith("true")) assert.deepStrictEqual([value, cost], [Result.succeed(true), 0])
      else assert.deepStrictEqual(value, Result.fail("operation cancelled: actual cost limit exceeded"))
    }
  })

  it("what is cheap by the API's count, but long to look at, ends too", () => {
    const object = native({ list: Array.from({ length: 100_000 }, (_, i) => i), text: "x".repeat(500_000) })
    for (const step of ["size(object.list + object.list) > 0", "object.list == object.list + [1]", "size(object.text) > 0"]) {
      assert.deepStrictEqual(
        attempt(`object.list.all(x, ${step} || true)`, { object }).value,
        Result.fail("operation cancelled: actual cost limit exceeded")
      )
    }
  })

  const schema = (...rules: ReadonlyArray<object>) => ({
    type: "object",
    "x-kubernetes-validations": rules,
    additionalProperties: { type: "string", "x-kubernetes-validations": [{ rule: "self == 'other'" }] }
  })
  const twice = "self.all(a, self.all(b, true))"

  it("a rule of a definition that is too dear ends all rules", () => {
    assert.deepStrictEqual(Rules.validate(entries(600), undefined, schema({ rule: twice }), []), [
      {
        reason: "FieldValueInvalid",
        field: "<nil>",
        message: `Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${twice}`
      }
    ])
    const said = schema({ rule: "false", messageExpression: `${twice} ? 'a' : 'b'` })
    assert.deepStrictEqual(
      Rules.validate(entries(600), undefined, said, []).map(({ message }) => message),
      [
        `Invalid value: "object": no further validation rules will be run due to call cost exceeds limit for messageExpression: "${twice} ? 'a' : 'b'"`
      ]
    )
  })

  it("rules share a budget", () => {
    const rules = Array.from({ length: 12 }, () => ({ rule: twice }))
    assert.deepStrictEqual(
      Rules.validate(entries(570), undefined, schema(...rules), []).map(({ message }) => message),
      ['Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run']
    )
    assert.strictEqual(Rules.validate(entries(570), undefined, schema(...rules.slice(3)), []).length, 570)
  })
})
