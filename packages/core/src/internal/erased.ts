/**
 * Lists of components can't name each one's own types of configuration and plan, so these become `unknown`. Sound because such a value only
 * ever comes out of the component's own schema.
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
export const erased = <A>(component: object): A => component as A
