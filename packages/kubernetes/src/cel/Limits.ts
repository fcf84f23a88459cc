/** What expressions may cost when they are evaluated, and what is said of those that cost more (apiserver `pkg/apis/cel`). */

/** One expression. */
export const perCall = 1_000_000

/** All expressions of a policy with one parameter, or all rules about one custom object. */
export const perObject = 10_000_000

/** The `matchConditions` of a policy or a webhook. */
export const perConditions = 2_500_000

export const spent = "running out of cost budget, no further validation rules will be run"

export const outOfBudget = `validation failed due to ${spent}`
