import { parseSync } from "oxc-parser"

/** `type`: erased before Node sees it. `lazy`: loaded when the code that names it runs. */
export interface Import {
  readonly specifier: string
  readonly kind: "static" | "type" | "lazy"
  readonly line: number
}

const literal = /^(["'`])([^$]*)\1$/s

/** Every module that a file names; what an `import()` works out while it runs is left out. */
export const importsOf = (path: string, text: string): ReadonlyArray<Import> => {
  const { errors, module } = parseSync(path, text)
  const error = errors[0]
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length
  // `import { type A }` stays an import of the module under verbatimModuleSyntax: only `import type` disappears
  const named = (start: number, specifier: string): Import => ({
    specifier,
    kind: /^(import|export)\s+type\b/.test(text.slice(start, start + 20)) ? "type" : "static",
    line: lineAt(start)
  })
  return [
    ...module.staticImports.map(({ moduleRequest, start }) => named(start, moduleRequest.value)),
    ...module.staticExports.flatMap(({ entries, start }) => {
      const source = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest
      return source === undefined || source === null ? [] : [named(start, source.value)]
    }),
    ...module.dynamicImports.flatMap(({ moduleRequest, start }): ReadonlyArray<Import> => {
      const specifier = literal.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2]
      return specifier === undefined ? [] : [{ specifier, kind: "lazy", line: lineAt(start) }]
    })
  ]
}
