/** Functions that Kubernetes adds to the Common Expression Language; test/differential asks the real server the same. */
import { attempt } from "@aiopslab/kubernetes/cel/Language"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"

const cases: ReadonlyArray<readonly [expression: string, value: unknown]> = [
  ["'ab'.matches('(?i)^A(?P<x>b)$') && matches('ab', 'b') && ['a', 'b'].all(x, x.matches('^[a-c]'))", true],
  ["'ab1c22'.find('[0-9]+') + 'ab1c22'.findAll('[0-9]+').join('-')", "11-22"],
  // JavaScript would look at 2^60 ways
  ["'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a+)+$')", false],
  ["'a'.matches('(a')", "error parsing regexp: `(a`"],
  ["isIP('fe80::1%eth0') || isIP('1.2.3.04') || isIP('::ffff:1.2.3.4')", false],
  ["string(ip('2001:DB8:0::1'))", "2001:db8::1"],
  ["ip('1.2.3')", 'IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too short'],
  ["cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.1/8') != cidr('10.0.0.0/8')", true],
  ["cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR('10.0.0.0/8')", true],
  ["isSemver('01.2.3') || isSemver('1.2')", false],
  ["semver('v1.02', true) == semver('1.2.0+build')", true],
  ["semver('1.2.3-rc.2').isLessThan(semver('1.2.3-rc.10'))", true],
  ["semver('1.2.03')", 'Patch number must not contain leading zeroes "03"'],
  ["format.dns1123Label().validate('a.b').value()", ["must not contain dots"]],
  ["format.named('nothing').hasValue()", false],
  ["sets.equivalent(['a', 'b', 'a'], ['b', 'a'])", true],
  ["quantity('1000m').isInteger() || !quantity('1.5k').isInteger()", false],
  ["quantity('1Mi').sub(1) == quantity('1048575')", true],
  ["sign(quantity('-1'))", -1n],
  ["sign(quantity('1n'))", 1n],
  ["quantity('9007199254740993').asInteger()", 9007199254740993n],
  ["quantity('9007199254740992').add(1) == quantity('9007199254740993')", true],
  ["quantity('9007199254740992').add(1).isGreaterThan(quantity('9007199254740992'))", true],
  ["quantity('1n').add(quantity('1n')).compareTo(quantity('2n'))", 0n],
  ["quantity('0.1').asApproximateFloat()", 0.1],
  ["quantity('1KK')", "unable to parse quantity's suffix"],
  ["'%d %x'.format([9223372036854775807, 9223372036854775807])", "9223372036854775807 7fffffffffffffff"],
  ["'aé'.charAt(1) + 'aé'.charAt(2)", "é"],
  ["'a'.charAt(2)", "index out of range: 2"],
  ["'a'.charAt(-1)", "index out of range: -1"],
  ["'abab'.replace('a', '$&', 1)", "$&bab"],
  ["int('a')", "type conversion error from 'string' to 'int'"]
]

describe("Kubernetes' functions of CEL", () => {
  for (const [expression, value] of cases)
    it(`${expression} is ${typeof value === "bigint" ? String(value) : JSON.stringify(value)}`, () => {
      assert.deepStrictEqual(Result.merge(attempt(expression, {}).value), value)
    })
})
