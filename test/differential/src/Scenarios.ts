/** Everything that is asked of a kind. Generated the same every time. */
import { applies } from "./generate/Applies.ts"
import { expressions } from "./generate/Expressions.ts"
import { leaves } from "./generate/Leaves.ts"
import { lifecycle } from "./generate/Lifecycle.ts"
import { patches } from "./generate/Patches.ts"
import { refusals } from "./generate/Refusals.ts"
import { selections } from "./generate/Selections.ts"
import type { Subject } from "./generate/Subject.ts"
import { subresources } from "./generate/Subresources.ts"
import type { Scenario } from "./Step.ts"

export const scenariosOf = (subject: Subject): ReadonlyArray<Scenario> => [
  ...lifecycle(subject),
  ...refusals(subject),
  ...subresources(subject),
  ...leaves(subject),
  ...selections(subject),
  ...patches(subject),
  ...applies(subject),
  ...expressions(subject)
]
