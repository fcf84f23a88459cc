/** Whether a component's configuration has no fields. An empty Struct decodes whatever it is given, so whoever decodes one has to look. */
import type * as Schema from "effect/Schema"

export const takesNothing = ({ ast }: Schema.Top): boolean =>
  ast._tag === "Objects" && ast.propertySignatures.length === 0 && ast.indexSignatures.length === 0
