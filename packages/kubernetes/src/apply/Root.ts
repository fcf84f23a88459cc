/** The schema of a resource's objects, as ownership needs it. */
import type { Resource } from "../Scheme.ts"
import { builtInScheme } from "../Scheme.ts"
import type { Field, Struct } from "../scheme/Type.ts"
import { fieldOf, freeField, withoutSchema } from "./Shape.ts"
import { structuralType } from "./StructuralType.ts"

const metadata = builtInScheme.type("apimachinery.pkg.apis.meta.v1.ObjectMeta")
const schemaless: Field = metadata?.kind === "struct" ? fieldOf(withoutSchema(metadata)) : freeField

const fields = new WeakMap<Resource, Field>()

const typeFor = ({ custom, type }: Resource): Struct | undefined =>
  type ?? (custom === undefined || metadata?.kind !== "struct" ? undefined : structuralType(custom.schema, metadata))

export const fieldFor = (resource: Resource): Field => {
  const known = fields.get(resource)
  if (known !== undefined) return known
  const type = typeFor(resource)
  const field = type === undefined ? schemaless : fieldOf(type)
  fields.set(resource, field)
  return field
}
