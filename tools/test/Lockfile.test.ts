import { describe, expect, it } from "vitest"
import { addressed, type Lockfile, mend, platformOf } from "../src/Lockfile.ts"

describe("platformOf", () => {
  it.each([
    ["@turbo/windows-arm64", { os: ["win32"], cpu: ["arm64"] }],
    ["@turbo/darwin-64", { os: ["darwin"], cpu: ["x64"] }],
    ["@oxlint/binding-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@oxlint/binding-linux-arm64-gnu", { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] }],
    ["@oxlint/binding-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"] }],
    ["@oxlint/binding-win32-x64-msvc", { os: ["win32"], cpu: ["x64"] }],
    ["@mongodb-js/zstd", undefined]
  ])("%s", (name, platform) => expect(platformOf(name)).toEqual(platform))
})

describe("mend", () => {
  const tool = {
    version: "1.0.0",
    dev: true,
    optionalDependencies: { "tool-linux-x64": "1.0.0", "tool-darwin-arm64": "1.0.0", zstd: "^7.0.0" }
  }
  const linux = { version: "1.0.0", optional: true }
  const lockfile: Lockfile = { packages: { "node_modules/tool": tool, "node_modules/tool-linux-x64": linux } }

  it("adds what is absent, beside the package that asks for it", () => {
    const darwin = { version: "1.0.0", cpu: ["arm64"], dev: true, optional: true, os: ["darwin"] }
    expect(mend(lockfile).packages).toEqual({ ...lockfile.packages, "node_modules/tool-darwin-arm64": darwin })
  })

  it("a second time changes nothing", () => {
    const once = mend(lockfile)
    expect(mend(once)).toBe(once)
  })

  it("another version further out is not the one asked for", () => {
    const nested: Lockfile = {
      packages: {
        ...mend(lockfile).packages,
        "apps/cli/node_modules/tool": { ...tool, optionalDependencies: { "tool-darwin-arm64": "2.0.0" } }
      }
    }
    expect(mend(nested).packages["apps/cli/node_modules/tool-darwin-arm64"]).toMatchObject({ version: "2.0.0" })
  })
})

it("a download address is found, a workspace's link is not", () => {
  const packages = {
    "node_modules/a": { resolved: "https://registry.example/a.tgz" },
    "node_modules/b": { resolved: "packages/b", link: true }
  }
  expect(addressed({ packages })).toEqual(["node_modules/a"])
})
