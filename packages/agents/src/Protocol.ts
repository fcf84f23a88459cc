/**
 * The original's text protocol: one call of an action in one block between lines of three backticks. More forgiving where it does no harm: the
 * block may have a language tag and text around it. What cannot be read is answered with a correction. Total: no input makes it throw.
 */
import * as Result from "effect/Result"
import { type Call, parse as parseCall } from "./PythonCall.ts"

export type { Call } from "./PythonCall.ts"

const fence = "```"

const samples = `For example:
${fence}
exec_shell("kubectl get pods -n my-namespace")
${fence}
or
${fence}
get_logs("my-namespace", "my-service")
${fence}`

/** What an agent is told when its message cannot be read. */
export const correction = (why: string): string =>
  `Your message was not understood: ${why}. Send exactly one call of an action, between two lines of three backticks. ${samples}`

/** The insides of the blocks; a tag such as `python` is not part of them. */
const blocks = (message: string): ReadonlyArray<string> | "unclosed" => {
  const parts = message.split(fence)
  if (parts.length % 2 === 0) return "unclosed"
  return parts.filter((_, index) => index % 2 === 1).map((block) => block.replace(/^[ \t]*[A-Za-z0-9_+-]*[ \t]*\r?\n/u, "").trim())
}

/**
 * `exec_shell("…")` as the original reads it: the outer quotes go, escaped quotes lose their backslash, and nothing else is touched, so that a
 * command may hold quotes and backslashes as it would in a terminal.
 */
const shellCall = (text: string): Call | undefined => {
  const match =
    /^exec_shell\s*\(\s*(?:command\s*=\s*)?[rR]?("""|'''|"|')([\s\S]*)\1\s*(?:,\s*(?:timeout\s*=\s*)?(\d+(?:\.\d+)?)\s*)?,?\s*\)\s*;?\s*(?:#[^\n]*)?$/u.exec(
      text
    )
  if (match === null) return undefined
  const [, quote = "", inner = "", timeout] = match
  // a quote that closes before the end means that this is more than one text
  if (
    quote.length === 1 &&
    new RegExp(`(?<!\\\\)${quote}\\s*(?:\\)|,\\s*(?:timeout|command)\\s*=)\\s*[\\s\\S]*exec_shell`, "u").test(inner)
  )
    return undefined
  return {
    name: "exec_shell",
    args: [inner.replace(/\\(["'])/gu, "$1")],
    kwargs: timeout === undefined ? {} : { timeout: Number(timeout) }
  }
}

/** The call that a message holds, or the correction to send back. */
export const read = (message: string): Result.Result<Call, string> => {
  const found = blocks(message)
  if (found === "unclosed") return Result.fail(correction("a block is opened with three backticks and not closed"))
  const filled = found.filter((block) => block !== "")
  const [only] = filled
  if (only === undefined) return Result.fail(correction("there is no block of three backticks with a call in it"))
  if (filled.length > 1) return Result.fail(correction(`there are ${filled.length} blocks, and one is expected`))
  const shell = shellCall(only)
  if (shell !== undefined) return Result.succeed(shell)
  return Result.mapError(parseCall(only), (why) => correction(`${JSON.stringify(only.slice(0, 60))} is no call, because ${why}`))
}
