/** The scripts that take a minute and reach furthest: what writes, and resources that aren't built in. */
import type { Script } from "./Script.ts"

const topics: ReadonlySet<string> = new Set(["apply", "custom", "serverside"])

export const sampled = (scripts: ReadonlyArray<Script>): ReadonlyArray<Script> => scripts.filter(({ topic }) => topics.has(topic))
