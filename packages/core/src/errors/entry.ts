/** How a failure weighs at the edge: 2 usage or manifest, 3 environment, 4 budget, 1 our own bug. */
export type Blame = "usage" | "environment" | "budget" | "defect"

/** One entry of the catalogue: what a person reads, and whose fault it is. `D` is what the message is made from. */
export interface Entry<D> {
  readonly title: string
  readonly blame: Blame
  readonly message: (detail: D) => string
  readonly hint: (detail: D) => string
  /** A detail for the reference page and the tests: every message is printed once. */
  readonly example: D
}

export const entry = <D>(of: Entry<D>): Entry<D> => of

/** `; did you mean "x"?`, or nothing. */
export const didYouMean = (nearest: string | undefined): string => (nearest === undefined ? "" : ` Did you mean "${nearest}"?`)
