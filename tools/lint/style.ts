/** Rules of the style page that oxlint has none for. An oxlint plugin (ESLint's shape). */
interface Node {
  readonly type: string
  readonly arguments?: ReadonlyArray<unknown>
  readonly callee?: { readonly type: string; readonly name?: string }
  readonly params?: ReadonlyArray<Parameter>
}

interface Parameter {
  readonly typeAnnotation?: { readonly typeAnnotation?: { readonly type: string } } | null
}

interface Context {
  readonly report: (finding: { readonly node: unknown; readonly message: string }) => void
}

type Visitor = Readonly<Record<string, (node: Node) => void>>

const rule = (create: (context: Context) => Visitor) => ({ create })

const noTry = rule(({ report }) => ({
  TryStatement: (node) => report({ node, message: "Effect.try, Effect.catchTag or Result: try belongs to an edge" })
}))

const noCurrentDate = rule(({ report }) => ({
  NewExpression: (node) => {
    if (node.callee?.type === "Identifier" && node.callee.name === "Date" && node.arguments?.length === 0) {
      report({ node, message: "Clock.currentTimeMillis: the trial's clock, not the machine's" })
    }
  }
}))

const noBooleanParameter = rule(({ report }) => {
  const check = (node: Node): void => {
    for (const parameter of node.params ?? []) {
      if (parameter.typeAnnotation?.typeAnnotation?.type === "TSBooleanKeyword") {
        report({ node: parameter, message: "A union says at the call what a boolean doesn't" })
      }
    }
  }
  return { ArrowFunctionExpression: check, FunctionDeclaration: check, FunctionExpression: check }
})

export default {
  meta: { name: "style" },
  rules: { "no-try": noTry, "no-current-date": noCurrentDate, "no-boolean-parameter": noBooleanParameter }
}
