import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { change } from "../../src/Advance.ts"
import * as Images from "../../src/kubelet/Images.ts"
import * as Reference from "../../src/kubelet/Reference.ts"
import { start } from "../Scenario.ts"

describe("an image's name", () => {
  it.each([
    ["busybox", "docker.io/library/busybox:latest"],
    ["docker.io/busybox:1", "docker.io/library/busybox:1"],
    ["a/b", "docker.io/a/b:latest"],
    ["localhost:5000/a:2", "localhost:5000/a:2"],
    ["quay.io/a/b/c", "quay.io/a/b/c:latest"],
    [`a@sha256:${"0".repeat(64)}`, `docker.io/library/a@sha256:${"0".repeat(64)}`]
  ])("%s is %s", (image, full) => {
    expect(Reference.parse(image)).toEqual(Result.succeed(full))
  })

  it.each([
    ["Busy Box", "invalid reference format: repository name (library/Busy Box) must be lowercase"],
    ["a b", "invalid reference format"],
    ["a:", "invalid reference format"],
    ["a//b", "invalid reference format"],
    ["0".repeat(64), `invalid repository name (${"0".repeat(64)}), cannot specify 64-byte hexadecimal strings`]
  ])("%s is none", (image, why) => {
    expect(Reference.parse(image)).toEqual(Result.fail(why))
  })
})

describe("an image that can't be pulled", () => {
  const begin = (full: string) => `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  it.each([
    ["demo@sha256:0000000000000000000000000000000000000000000000000000000000000000", "not found"],
    [
      "nobody/none",
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
    ],
    ["quay.io/nobody/none", "quay.io/nobody/none:latest: not found"],
    [
      "reg.invalid/x:1",
      'failed to do request: Head "https://reg.invalid/v2/x/manifests/1": dial tcp: lookup reg.invalid on 172.18.0.1:53: no such host'
    ]
  ])("%s", (image, why) => {
    const [message] = change(start(), (turn) => Images.pullError(turn, image))
    expect(message.startsWith(begin(Images.reference(image)))).toBe(true)
    expect(message.endsWith(why)).toBe(true)
  })

  it("is the same by any of its names", () => {
    const world = Images.loaded(start(), "docker.io/library/demo:1")
    expect(
      change(world, (turn) => ["demo:1", "docker.io/demo:1", "demo:2"].map((name) => Images.isPresent(turn, "kind-worker", name)))[0]
    ).toEqual([true, true, false])
  })
})
