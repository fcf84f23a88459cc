import * as IntOrPercent from "@aiopslab/kubernetes/IntOrPercent"
import * as Quantity from "@aiopslab/kubernetes/Quantity"
import * as Selector from "@aiopslab/kubernetes/Selector"
import { humanDuration, kubeTime, microTime, parseTime } from "@aiopslab/kubernetes/Time"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

describe("label selectors", () => {
  const labels = { app: "web", tier: "front", weight: "7" }
  const cases: ReadonlyArray<readonly [string, boolean]> = [
    ["", true],
    ["app=web", true],
    ["app==web,tier!=back", true],
    ["app!=web", false],
    ["missing!=x", true],
    ["app in (api, web)", true],
    ["app notin (api,web)", false],
    ["missing notin (a)", true],
    ["app", true],
    ["!app", false],
    ["!missing", true],
    ["weight>5,weight<8", true],
    ["app=", false]
  ]
  for (const [text, wanted] of cases) {
    it(`${JSON.stringify(text)} ${wanted ? "matches" : "does not match"}`, () => {
      assert.strictEqual(Selector.matches(Result.getOrThrow(Selector.parse(text)), labels), wanted)
    })
  }

  it("print and parse are inverse", () => {
    const text = "!d,a=1,b in (x,y),c,e!=2,f notin (p,q)"
    const selector = Result.getOrThrow(Selector.parse(text))
    assert.strictEqual(Selector.print(Result.getOrThrow(Selector.parse(Selector.print(selector)))), Selector.print(selector))
    assert.strictEqual(Selector.print(selector), "a=1,b in (x,y),c,!d,e!=2,f notin (p,q)")
  })

  for (const text of ["a==b,,", "=a", "a b", "a in x y"]) {
    it(`${JSON.stringify(text)} is refused`, () => assert.isTrue(Result.isFailure(Selector.parse(text))))
  }
})

describe("quantities", () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ["0.5Gi", "512Mi"],
    ["1000m", "1"],
    ["1.5Gi", "1536Mi"],
    ["1024Ki", "1Mi"],
    ["1500m", "1500m"],
    ["0.1", "100m"],
    ["2e3", "2e3"],
    ["1000k", "1M"],
    ["100Ki", "100Ki"],
    ["0", "0"],
    ["1.0", "1"],
    ["0.1Ki", "102400m"],
    ["-1", "-1"],
    ["512", "512"]
  ]
  for (const [text, wanted] of cases) it(`${text} is stored as ${wanted}`, () => assert.strictEqual(Quantity.canonical(text), wanted))

  it("are refused when they are none", () => {
    for (const text of ["", "x", "1 Gi", "1Q", "--1", "1e", true, null]) assert.strictEqual(Quantity.canonical(text), undefined)
  })

  it("count in units and thousandths, rounded up", () => {
    assert.strictEqual(Quantity.value("1Ki"), 1024)
    assert.strictEqual(Quantity.value("1500m"), 2)
    assert.strictEqual(Quantity.milliValue("0.25"), 250)
    assert.strictEqual(Quantity.milliValue("100u"), 1)
    assert.strictEqual(Quantity.add("128Mi", "0.5Gi"), "640Mi")
  })

  it.effect.prop(
    "the canonical form has the same value and is its own canonical form",
    {
      digits: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999 })),
      suffix: Schema.Literals(["", "m", "k", "M", "Ki", "Mi", "Gi"])
    },
    ({ digits, suffix }) =>
      Effect.sync(() => {
        const text = `${digits + 0}${suffix}`
        const canonical = Quantity.canonical(text)
        assert.strictEqual(Quantity.compare(text, canonical), 0)
        assert.strictEqual(Quantity.canonical(canonical), canonical)
      })
  )
})

describe("times", () => {
  it("are written as the API writes them", () => {
    assert.strictEqual(kubeTime(1_700_000_000_999), "2023-11-14T22:13:20Z")
    assert.strictEqual(microTime(1_700_000_000_999), "2023-11-14T22:13:20.999000Z")
    assert.strictEqual(parseTime(kubeTime(1_700_000_000_000)), 1_700_000_000_000)
    assert.strictEqual(parseTime("x"), undefined)
  })

  const ages: ReadonlyArray<readonly [number, string]> = [
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [125, "2m5s"],
    [599, "9m59s"],
    [600, "10m"],
    [10_799, "179m"],
    [10_800, "3h"],
    [10_860, "3h1m"],
    [28_800, "8h"],
    [172_799, "47h"],
    [172_800, "2d"],
    [176_400, "2d1h"],
    [691_200, "8d"],
    [63_072_000, "2y"],
    [63_158_400, "2y1d"]
  ]
  for (const [seconds, wanted] of ages) it(`${seconds} s is ${wanted}`, () => assert.strictEqual(humanDuration(seconds * 1000), wanted))
})

it("a percentage of pods rounds as asked", () => {
  assert.strictEqual(IntOrPercent.scaled("25%", 3, "up"), 1)
  assert.strictEqual(IntOrPercent.scaled("25%", 3, "down"), 0)
  assert.strictEqual(IntOrPercent.scaled(2, 3, "up"), 2)
})
