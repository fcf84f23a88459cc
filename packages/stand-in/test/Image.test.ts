import * as Behaviour from "@aiopslab/core/Behaviour"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Folder from "../src/image/Folder.ts"
import { imagesOf } from "../src/image/Images.ts"

const mongo = Behaviour.make({
  name: "mongodb",
  summary: "",
  images: ["mongo"],
  command: ["docker-entrypoint.sh", "mongod"],
  programs: ["/usr/bin/mongod"],
  sizeMiB: 1,
  program: () => undefined,
  executables: ["mongo"],
  shell: "bash",
  files: { "/etc/mongod.conf": "x\n" },
  prepare: Effect.void
})

describe("a stand-in's image", () => {
  it("has the names by which its programs are called, and the image's files", () => {
    assert.deepStrictEqual(
      Folder.filesOf(mongo, "mongo:4.4.6").map(({ mode, path }) => `${path} ${mode.toString(8)}`),
      ["/etc/mongod.conf 644", "/usr/local/bin/docker-entrypoint.sh 755", "/usr/bin/mongod 755", "/usr/local/bin/mongo 755"]
    )
  })

  it("starts as the upstream image does", () => {
    const lines = Folder.dockerfile(mongo).split("\n")
    assert.includeMembers(lines, [`ENTRYPOINT ["docker-entrypoint.sh"]`, `CMD ["mongod"]`])
    assert.includeMembers(Folder.dockerfile({ ...mongo, entrypoint: "none" }).split("\n"), [
      "ENTRYPOINT []",
      `CMD ["docker-entrypoint.sh","mongod"]`
    ])
  })

  it("is needed for every image of an application once", () => {
    const pod = { containers: [{ image: "a" }, { image: "b" }], initContainers: [{ image: "c" }] }
    const of = (kind: string, spec: object) => ({ apiVersion: "v1", kind, metadata: { name: "x" }, spec })
    assert.deepStrictEqual(
      imagesOf([
        of("Pod", pod),
        of("Deployment", { template: { spec: { containers: [{ image: "b" }, { image: "d" }] } } }),
        of("CronJob", { jobTemplate: { spec: { template: { spec: { containers: [{ image: "e" }] } } } } }),
        of("Service", {})
      ]),
      ["c", "a", "b", "d", "e"]
    )
  })
})
