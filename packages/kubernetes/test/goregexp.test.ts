import { expect, it } from "vitest"
import { compile } from "../src/GoRegExp.ts"

it("finds, with groups and names", () => {
  const found = compile("(?P<first>[a-z]+)-(x)?")
  expect(found?.test("12 ab-")).toBe(true)
  expect(found?.exec("12 ab-")).toEqual({ groups: ["ab-", "ab", undefined], named: { first: "ab" } })
  expect(found?.exec("12")).toBeUndefined()
  expect(compile("(?i)a+")?.all("aA b a")).toEqual(["aA", "a"])
  expect(compile("a")?.all("aaaa", 2)).toEqual(["a", "a"])
})

it("does not read what Go does not read", () => {
  for (const source of ["(?=a)", "(a)\\1", "(", "a{1001}"]) expect(compile(source)).toBeUndefined()
})

// JavaScript's own would look at 2^60 ways
it("is linear in the text", () => {
  expect(compile("^(a+)+$")?.test(`${"a".repeat(60)}b`)).toBe(false)
  expect(compile("^(a|a)*$")?.test(`${"a".repeat(60)}b`)).toBe(false)
})
