/** Deployments, jobs and cron jobs. */
import { pathOf } from "@aiopslab/core/KubeClient"
import { stringRecord } from "@aiopslab/kubernetes/Json"
import * as Effect from "effect/Effect"
import { type Flags, int, short, text, texts } from "../../CommandLine.ts"
import { failure } from "../../Failure.ts"
import * as Fields from "../../Fields.ts"
import { type Invocation, type Problem, resourceNamed } from "../../Invocation.ts"
import { type Generator, nameOf, required } from "./Generator.ts"

export const workloadFlags: Flags = {
  image: texts,
  replicas: short("r", int),
  port: int,
  schedule: text,
  from: text,
  restart: text
}

const containerName = (of: string): string => (of.split("/").at(-1) ?? of).split(/[:@]/u)[0] ?? of

export const deployment: Generator = {
  refused: "failed to create deployment:",
  make: Effect.fnUntraced(function* (inv, names) {
    yield* required(inv, ["image"])
    const name = yield* nameOf(inv, names)
    const images = inv.line.texts("image")
    if (images.length > 1 && inv.line.rest !== undefined) return yield* failure("cannot specify multiple --image options and command")
    const labels = { app: name }
    const port = inv.line.int("port")
    const containers = images.map((image, index) => ({
      name: containerName(image),
      image,
      ...(inv.line.rest === undefined ? {} : { command: inv.line.rest }),
      ...(port === undefined || index > 0 ? {} : { ports: [{ containerPort: port }] })
    }))
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels },
      spec: {
        replicas: inv.line.int("replicas") ?? 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } }
      }
    }
  })
}

const jobSpec = (inv: Invocation, name: string, restartPolicy: string) => ({
  template: {
    spec: {
      containers: [{ name, image: inv.line.text("image") ?? "", ...(inv.line.rest === undefined ? {} : { command: inv.line.rest }) }],
      restartPolicy
    }
  }
})

/** `--from=cronjob/x`: what the cron job would start. */
const fromCronJob = Effect.fnUntraced(function* (inv: Invocation, name: string, from: string) {
  const [type = "", source = ""] = from.split("/")
  const resource = yield* resourceNamed(inv, type)
  const { body } = yield* inv.api.request({ method: "GET", path: pathOf(resource, inv.namespace, source) })
  if (resource.kind !== "CronJob") return yield* failure(`unknown object type *v1.${resource.kind}`)
  const template = Fields.record(body, "spec", "jobTemplate")
  const labels = stringRecord(Fields.at(template, "metadata", "labels"))
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...stringRecord(Fields.at(template, "metadata", "annotations")) },
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "CronJob", name: source, uid: Fields.text(body, "metadata", "uid"), controller: true }
      ]
    },
    spec: Fields.record(template, "spec")
  }
})

export const job: Generator = {
  refused: "failed to create job:",
  make: Effect.fnUntraced(function* (inv, names): Effect.fn.Return<Effect.Success<ReturnType<Generator["make"]>>, Problem> {
    const name = yield* nameOf(inv, names)
    const from = inv.line.text("from")
    if ((from === undefined) === !inv.line.has("image")) return yield* failure("either --image or --from must be specified")
    if (from !== undefined) {
      if (inv.line.rest !== undefined) return yield* failure("cannot specify --from and command")
      return yield* fromCronJob(inv, name, from)
    }
    return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: jobSpec(inv, name, "Never") }
  })
}

export const cronJob: Generator = {
  refused: "failed to create cronjob:",
  make: Effect.fnUntraced(function* (inv, names) {
    yield* required(inv, ["image", "schedule"])
    const name = yield* nameOf(inv, names)
    const spec = jobSpec(inv, name, inv.line.text("restart") ?? "OnFailure")
    return {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name },
      spec: { schedule: inv.line.text("schedule") ?? "", jobTemplate: { metadata: { name }, spec } }
    }
  })
}
