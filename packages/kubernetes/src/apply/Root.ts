/** The schema of a resource's objects, as ownership needs it. */
import type { Resource } from "../Scheme.ts"
import { builtInScheme } from "../Scheme.ts"
import type { Field } from "../scheme/Type.ts"
import { fieldOf, freeField, withoutSchema } from "./Shape.ts"

const metadata = builtInScheme.type("apimachinery.pkg.apis.meta.v1.ObjectMeta")
const schemaless: Field = metadata?.kind === "struct" ? fieldOf(withoutSchema(metadata)) : freeField

const fields = new WeakMap<Resource, Field>()

export const fieldFor = (resource: Resource): Field => {
  if (resource.type === undefined) return schemaless
  let field = fields.get(resource)
  if (field === undefined) fields.set(resource, (field = fieldOf(resource.type)))
  return field
}
