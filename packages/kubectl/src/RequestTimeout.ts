/** `--request-timeout`: how long the server may take over one request. */
import { type KubeApi, type KubeRequest, KubeStatus } from "@aiopslab/core/Kubernetes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CommandLine } from "./CommandLine.ts"
import * as Duration from "./Duration.ts"
import { type Failure, failure } from "./Failure.ts"
import { address } from "./ServerAddress.ts"

/** Milliseconds; 0 for as long as it takes. A number alone is of seconds. */
export const parse = (given: string): Result.Result<number, Failure> => {
  const millis = given === "" ? 0 : /^\+?\d+$/u.test(given) ? Number(given) * 1000 : Duration.parse(given)
  return millis === undefined
    ? Result.fail(
        failure(
          "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )
      )
    : Result.succeed(Math.max(0, millis))
}

/** Commands that ask no server don't look at the flag. */
const asks = (command: string, line: CommandLine): boolean =>
  !command.startsWith("kubectl config") && !line.isSet("local") && !(command === "kubectl version" && line.isSet("client"))

export const of = (command: string, line: CommandLine): Result.Result<number, Failure> =>
  parse(asks(command, line) ? (line.text("request-timeout") ?? "") : "")

const verbs: Readonly<Record<string, string>> = { GET: "Get", POST: "Post", PUT: "Put", PATCH: "Patch", DELETE: "Delete" }

/** Nobody answered: the code is that of no answer. */
const late = ({ method, path, query = {} }: KubeRequest, millis: number): KubeStatus => {
  const why = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
  const asked = new URLSearchParams({ ...query, timeout: Duration.go(millis) })
  asked.sort()
  return new KubeStatus({
    code: 0,
    reason: "Unreachable",
    message: `${verbs[method] ?? method} "${address}${path}?${asked.toString()}": ${why}`,
    details: { why }
  })
}

/** Each request by itself; a watch and a connection may go on. */
export const within = (api: KubeApi, millis: number): KubeApi =>
  millis === 0
    ? api
    : {
        ...api,
        request: (request) =>
          Effect.timeoutOrElse(api.request(request), { duration: millis, orElse: () => Effect.fail(late(request, millis)) })
      }
