/** Names of images, read as github.com/distribution/reference does. */
import * as Result from "effect/Result"

const component = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`
const host = String.raw`(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])`
const whole = new RegExp(
  `^${host}(?:\\.${host})*(?::[0-9]+)?/${component}(?:/${component})*` +
    String.raw`(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
  "u"
)

/** The registry's host, and the rest. */
const split = (name: string): readonly [domain: string, rest: string] => {
  const slash = name.indexOf("/")
  const first = slash < 0 ? "" : name.slice(0, slash)
  const isDomain = first.includes(".") || first.includes(":") || first === "localhost" || first.toLowerCase() !== first
  const [domain, rest] = isDomain ? [first, name.slice(slash + 1)] : ["docker.io", name]
  return [domain === "index.docker.io" ? "docker.io" : domain, domain === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest]
}

/** `docker.io/library/mongo:4.4.6`, or why it is no name. */
export const parse = (image: string): Result.Result<string, string> => {
  if (/^[a-f0-9]{64}$/u.test(image)) {
    return Result.fail(`invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`)
  }
  const [domain, rest] = split(image)
  const [remote = ""] = rest.split(":")
  if (remote.toLowerCase() !== remote) return Result.fail(`invalid reference format: repository name (${remote}) must be lowercase`)
  if (!whole.test(`${domain}/${rest}`)) return Result.fail("invalid reference format")
  return Result.succeed(/[:@]/u.test(rest.slice(rest.lastIndexOf("/") + 1)) ? `${domain}/${rest}` : `${domain}/${rest}:latest`)
}

export const domainOf = (image: string): string => split(image)[0]
