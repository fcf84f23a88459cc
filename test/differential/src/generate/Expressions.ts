/**
 * Rules in the Common Expression Language with the functions that Kubernetes adds to it: one definition has a text field for each rule, and a
 * resource with that field alone asks it. Rules that don't compile are refused with their definitions.
 */
import type { Scenario, Step } from "../Step.ts"
import type { Stage, Subject } from "./Subject.ts"
import { create, dry, scenario, stage, step } from "./Subject.ts"

/** Of `self`, a text; with the texts that it is asked of. */
const asked: ReadonlyArray<readonly [rule: string, ...values: ReadonlyArray<string>]> = [
  ["isIP(self)", "1.2.3.4", "::1", "1.2.3.04", "1.2.3", "fe80::1%eth0", "::ffff:1.2.3.4", ""],
  ["ip(self).family() == 4", "1.2.3.4", "::1", "text"],
  ["ip(self).isLoopback()", "127.0.0.9", "::1", "10.0.0.1"],
  ["ip(self).isUnspecified()", "0.0.0.0", "::", "10.0.0.1"],
  ["ip(self).isLinkLocalUnicast()", "169.254.1.1", "fe80::1", "10.0.0.1"],
  ["ip(self).isLinkLocalMulticast()", "224.0.0.5", "ff02::1", "224.0.1.0"],
  ["ip(self).isGlobalUnicast()", "10.0.0.1", "2001:db8::1", "255.255.255.255", "127.0.0.1", "224.0.0.1"],
  ["ip.isCanonical(self)", "2001:db8::1", "2001:DB8::1", "1.2.3.4", "text"],
  ["string(ip(self)) == '2001:db8::1'", "2001:DB8:0::1", "::1"],
  ["ip(self) == ip('2001:db8::1')", "2001:DB8:0::1", "::1"],
  ["isCIDR(self)", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0", "::/0", "10.0.0.0/08", "::ffff:1.2.3.4/120"],
  ["cidr(self).containsIP('10.0.0.1')", "10.0.0.0/8", "11.0.0.0/8", "::/0", "text"],
  ["cidr(self).containsIP(ip('10.0.0.1'))", "10.0.0.0/8", "11.0.0.0/8"],
  ["cidr(self).containsCIDR('10.1.0.0/16')", "10.0.0.0/8", "10.1.0.0/24", "10.1.0.0/16"],
  ["cidr(self).containsCIDR(cidr('10.1.0.0/16'))", "10.0.0.0/8", "10.1.0.0/24"],
  ["cidr(self).ip() == ip('10.0.0.1')", "10.0.0.1/8", "10.0.0.0/8"],
  ["cidr(self).masked() == cidr('10.0.0.0/8')", "10.0.0.1/8", "11.0.0.0/8"],
  ["cidr(self) == cidr('10.0.0.0/8')", "10.0.0.1/8", "10.0.0.0/8"],
  ["cidr(self).prefixLength() == 8", "10.0.0.1/8", "10.0.0.0/9"],
  ["string(cidr(self)) == '10.0.0.1/8'", "10.0.0.1/8", "10.0.0.0/8"],
  ["isSemver(self)", "1.2.3", "1.2.3-rc.1+build.5", "v1.2.3", "1.2", "01.2.3", "text"],
  ["isSemver(self, true)", "1.2.3", "v1.2", "1", "01.2.3", "text", "v01.2.3-rc"],
  ["semver(self).major() == 1", "1.2.3", "2.0.0", "text", "v1.0.0"],
  ["semver(self, true).minor() == 2", "v1.2", "1.3", "text"],
  ["semver(self).patch() == 3", "1.2.3", "1.2.4"],
  ["semver(self).isGreaterThan(semver('1.2.3'))", "1.2.4", "1.2.3", "1.2.3-rc.1", "1.10.0"],
  ["semver(self).isLessThan(semver('1.2.3-rc.2'))", "1.2.3-rc.1", "1.2.3-rc.10", "1.2.3-alpha", "1.2.3"],
  ["semver(self).compareTo(semver('1.2.3')) == 0", "1.2.3+build", "1.2.4"],
  ["semver(self) == semver('1.2.3')", "1.2.3", "1.2.3+build"],
  ["!format.dns1123Label().validate(self).hasValue()", "a-b", "a.b", "-a", ""],
  ["!format.dns1123Subdomain().validate(self).hasValue()", "a.b", "A.b"],
  ["!format.dns1035Label().validate(self).hasValue()", "a-b", "1a"],
  ["!format.dns1123LabelPrefix().validate(self).hasValue()", "a-", "A-"],
  ["!format.dns1123SubdomainPrefix().validate(self).hasValue()", "a.b-", "A.b"],
  ["!format.dns1035LabelPrefix().validate(self).hasValue()", "a-", "1a-"],
  ["!format.qualifiedName().validate(self).hasValue()", "example.com/Name", "a/b/c"],
  ["!format.labelValue().validate(self).hasValue()", "A_b", "", "-a"],
  ["!format.uri().validate(self).hasValue()", "https://example.com/a?b", "/a", "a b", "text"],
  ["!format.uuid().validate(self).hasValue()", "123e4567-e89b-12d3-a456-426614174000", "123E4567-e89b-12d3-a456-426614174000", "text"],
  ["!format.byte().validate(self).hasValue()", "aGFsbG8=", "aGFsbG8", "%"],
  ["!format.date().validate(self).hasValue()", "2024-02-29", "2023-02-29", "text"],
  ["!format.datetime().validate(self).hasValue()", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00.5+01:00", "2024-02-29"],
  ["format.named(self).hasValue()", "dns1123Label", "datetime", "nothing"],
  ["!format.named('uuid').value().validate(self).hasValue()", "123e4567-e89b-12d3-a456-426614174000", "text"],
  ["format.dns1123Label().validate(self).value()[0] == 'x'", "-a"],
  ["isQuantity(self)", "1", "1.5Gi", "1e3", "1Qi", "", "+1", "-.5k", "1n"],
  ["quantity(self).isGreaterThan(quantity('1Gi'))", "2Gi", "1G", "text"],
  ["quantity(self).isLessThan(quantity('1Gi'))", "2Gi", "1G"],
  ["quantity(self).compareTo(quantity('1000m')) == 0", "1", "1001m"],
  ["quantity(self).add(quantity('1Mi')).sub(1) == quantity('2097151')", "1Mi", "2Mi"],
  ["quantity(self).asInteger() == 1500", "1.5k", "1.5", "1Ki"],
  ["quantity(self).isInteger()", "1", "1.5", "1000m", "9999999999999999999999G"],
  ["quantity(self).asApproximateFloat() == 1.5", "1500m", "2"],
  ["sign(quantity(self)) == -1", "-1", "0", "1"],
  ["self.find('[0-9]+') == '12'", "a12b34", "ab"],
  ["self.findAll('[0-9]+').size() == 2", "a12b34", "ab"],
  ["self.findAll('[0-9]+', 1) == ['12']", "a12b34", "ab"],
  ["url(self).getHost() == 'example.com:80'", "https://example.com:80/a", "/a", "example com"],
  ["url(self).getEscapedPath() == '/a%20b'", "https://example.com/a b", "/a%20b"],
  ["url(self).getQuery()['b'] == ['c', 'd']", "https://example.com/a?b=c&b=d&e", "/a"],
  ["isURL(self)", "https://example.com/a", "/a", "a", "http://[::1]:80/", ":"],
  ["[1, int(self)].sum() == 3 && [1, int(self)].max() == 2 && [1, int(self)].min() == 1", "2", "3", "a"],
  ["'%s is %d' .format([self, 2]) == 'a is 2'", "a", "b"],
  ["self.lowerAscii().replace('a', 'b').charAt(0) == 'b' && self.trim() == self", "Aa", " a"],
  ["self.matches('^a+$') && self.startsWith('a') && self.endsWith('a') && self.contains('a')", "aa", "ab"],
  ["self in ['a', 'b'] ? true : self.size() > 3", "a", "abcd", "c"],
  ["duration(self) > duration('1h')", "90m", "1h", "text"],
  ["timestamp(self).getFullYear() == 2024", "2024-02-29T10:00:00Z", "2023-02-28T10:00:00Z", "text"],
  ["[1, 2].exists_one(one, string(one) == self)", "1", "3"],
  ["sets.contains(['a', 'b'], [self])", "a", "c"],
  ["sets.intersects(['a', 'b'], [self]) && sets.equivalent([self, self], ['a'])", "a", "b"]
]

/** Of which a definition is refused, or taken where there is nothing wrong. */
const compiled: ReadonlyArray<string> = [
  "unknown(self)",
  "self.unknown()",
  "self.unknown(1, 2).size() == 1",
  "isIp(self)",
  "[self].all(one, strange(one))",
  "strange(self) || stranger(self)",
  "other.unknown()",
  "format.nothing().validate(self).hasValue()",
  "ip.isNothing(self)",
  "true && unknown",
  "self == unknown(self) ?\n  true : false",
  "isIP(self)",
  "base64.encode(bytes(self)) == 'YQ=='",
  "!format.dns1123Label().validate(self).hasValue()",
  "semver(self).isGreaterThan(semver('1.0.0'))",
  "self.startsWith('a') && has(self.a)",
  "self.size()"
]

const group = "expressions.example.com"

const definition = (plural: string, kind: string, properties: Readonly<Record<string, unknown>>) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Cluster",
    names: { plural, kind },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } }
      }
    ]
  }
})

const ruled = (rule: string) => ({ type: "string", maxLength: 64, "x-kubernetes-validations": [{ rule }] })

const evaluated = (at: Stage): ReadonlyArray<Scenario> => {
  const steps = asked.flatMap(([rule, ...values], i) =>
    values.map((value): Step =>
      step("create", "expression", `${rule} of ${JSON.stringify(value)}`, {
        method: "POST",
        path: `/apis/${group}/v1/rules`,
        query: dry,
        body: { apiVersion: `${group}/v1`, kind: "Rule", metadata: { name: "one" }, spec: { [`e${i}`]: value } }
      })
    )
  )
  const properties = Object.fromEntries(asked.map(([rule], i) => [`e${i}`, ruled(rule)]))
  return scenario(at, "independent", steps, [create(at, "(definition)", definition("rules", "Rule", properties), "setup")])
}

export const expressions = (subject: Subject): ReadonlyArray<Scenario> => {
  if (subject.kind.label !== "CustomResourceDefinition") return []
  const wrong = stage(subject, "compile")
  return [
    ...evaluated(stage(subject, "expression")),
    ...scenario(
      wrong,
      "independent",
      compiled.map((rule) => create(wrong, `with the rule ${rule}`, definition("texts", "Text", { text: ruled(rule) }), "expression", dry))
    )
  ]
}
