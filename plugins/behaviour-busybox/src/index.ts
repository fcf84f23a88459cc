/** Images that hold nothing but a shell and its tools. Their containers run what the pod says: the cluster's shell plays it. */
import * as Behaviour from "@aiopslab/core/Behaviour"
import { definePlugin } from "@aiopslab/core/Plugin"
import * as Effect from "effect/Effect"

const image = (
  name: string,
  summary: string,
  of: { readonly images: ReadonlyArray<string>; readonly command: string; readonly shell: "sh" | "bash"; readonly sizeMiB: number }
): Behaviour.Behaviour =>
  Behaviour.make({
    name,
    summary,
    images: of.images,
    command: [of.command],
    entrypoint: "none",
    sizeMiB: of.sizeMiB,
    program: () => undefined,
    executables: [],
    shell: of.shell,
    files: { "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n" },
    prepare: Effect.void
  })

export const plugin = definePlugin({
  name: "@aiopslab/behaviour-busybox",
  components: [
    image("busybox", "The shell and tools of busybox", { images: ["busybox"], command: "sh", shell: "sh", sizeMiB: 2 }),
    image("alpine", "The shell and tools of Alpine Linux", { images: ["alpine"], command: "/bin/sh", shell: "sh", sizeMiB: 4 }),
    image("debian", "The shell and tools of Debian and Ubuntu", {
      images: ["debian", "ubuntu"],
      command: "bash",
      shell: "bash",
      sizeMiB: 75
    })
  ]
})
