import { defineConfig } from "vitest/config"

/** The tests that need Docker and kind. The others run with the repository's own configuration. */
export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ["@aiopslab/source"] } },
  test: {
    execArgv: ["--conditions=@aiopslab/source"],
    include: ["test/**/*.kind.ts"],
    fileParallelism: false,
    reporters: ["default", ["json", { outputFile: ".report/kind.json" }]]
  }
})
