import { relative } from "node:path"
import { defineConfig } from "vitest/config"
import { readWorkspaces, root } from "./tools/src/Workspace.ts"

const condition = "@aiopslab/source"
const projects = readWorkspaces().filter(({ manifest }) => manifest.scripts?.["test"] !== undefined)

// npm and turbo start vitest in the package's folder: its report stays there, where turbo keeps it and .ci/run adds it up
const folder = relative(root, process.cwd()).replaceAll("\\", "/")
const isPackage = projects.some((project) => project.folder === folder)

export default defineConfig({
  root,
  // without the condition vitest would silently test an existing dist
  ssr: { resolve: { conditions: [condition] } },
  test: {
    execArgv: [`--conditions=${condition}`],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: isPackage ? ["default", ["json", { outputFile: `${folder}/.report/vitest.json` }]] : ["default"],
    projects: projects.map((project) => ({
      extends: true as const,
      root: project.folder,
      test: { name: project.folder, include: ["test/**/*.test.ts"] }
    }))
  }
})
