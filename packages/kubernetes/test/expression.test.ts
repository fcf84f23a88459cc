/** What the compiler says of expressions it can't take: recorded on kube-apiserver 1.34. */
import type { Scope } from "@aiopslab/kubernetes/validation/Expression"
import { refusal } from "@aiopslab/kubernetes/validation/Expression"
import { assert, describe, it } from "@effect/vitest"

const scope: Scope = { object: "dyn", variables: { many: "dyn" }, request: { name: "string", dryRun: "bool" } }
const operand = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const cases: ReadonlyArray<readonly [source: string, refusal: string | undefined]> = [
  ["object.spec.replicas > 3", undefined],
  ["request.dryRun", undefined],
  ["object.metadata.labels.all(one, one != 'a')", undefined],
  ["quantity(object.spec.size).isGreaterThan(quantity('1Gi'))", undefined],
  ["ip.isCanonical(request.name) && !format.uuid().validate(request.name).hasValue()", undefined],
  [
    "[request.name].all(one, unknown(one))",
    "compilation failed: ERROR: <input>:1:32: undeclared reference to 'unknown' (in container '')\n | [request.name].all(one, unknown(one))\n | ...............................^"
  ],
  [
    "has(request.name.first)",
    "compilation failed: ERROR: <input>:1:4: type 'string' does not support field selection\n | has(request.name.first)\n | ...^"
  ],
  ["request.name", "must evaluate to bool but got string"],
  ["UPPER", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'UPPER' (in container '')\n | UPPER\n | ^"],
  ["variables.few", "compilation failed: ERROR: <input>:1:10: undefined field 'few'\n | variables.few\n | .........^"],
  ["", `compilation failed: ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting ${operand}`],
  ["-a-", `compilation failed: ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting ${operand}\n | -a-\n | ...^`],
  [
    "string(object.spec.replicas)2",
    "compilation failed: ERROR: <input>:1:29: Syntax error: extraneous input '2' expecting <EOF>\n | string(object.spec.replicas)2\n | ............................^"
  ],
  [
    "Not_a valid/näme!",
    "compilation failed: ERROR: <input>:1:7: Syntax error: mismatched input 'valid' expecting <EOF>\n | Not_a valid/näme!\n | ......^\nERROR: <input>:1:14: Syntax error: token recognition error at: 'ä'\n | Not_a valid/näme!\n | .............＾"
  ]
]

describe("an expression of admission", () => {
  for (const [source, expected] of cases)
    it(`${JSON.stringify(source)} ${expected === undefined ? "is taken" : "is refused in the compiler's words"}`, () => {
      assert.strictEqual(refusal(source, scope, ["bool"]), expected)
    })
})
