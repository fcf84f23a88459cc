/** Ingresses and their classes. */
import { pathOf, resources } from "@aiopslab/core/KubeClient"
import * as Effect from "effect/Effect"
import * as Fields from "../Fields.ts"
import type { Invocation } from "../Invocation.ts"
import { type Describer, items, plain } from "./Describer.ts"
import { addresses, slices } from "./Endpoints.ts"

const behind = Effect.fnUntraced(function* (inv: Invocation, namespace: string, of: unknown) {
  const [name, port] = [Fields.text(of, "name"), Fields.text(of, "port", "number") || Fields.text(of, "port", "name")]
  const found = yield* items(inv, pathOf(slices, namespace), { labelSelector: `kubernetes.io/service-name=${name}` })
  return yield* inv.api.request({ method: "GET", path: pathOf(resources.services, namespace, name) }).pipe(
    Effect.map(({ body }) => {
      const match = Fields.list(body, "spec", "ports").find((one) => Fields.text(one, "port") === port || Fields.text(one, "name") === port)
      return `${name}:${port} (${addresses(found, Fields.text(match, "name"))})`
    }),
    Effect.catch(({ message }) => Effect.succeed(`${name}:${port} (<error: ${message}>)`))
  )
})

const backend = (inv: Invocation, namespace: string, of: unknown) => {
  const resource = Fields.at(of, "resource")
  return resource === undefined
    ? behind(inv, namespace, Fields.at(of, "service"))
    : Effect.succeed(
        `APIGroup: ${Fields.text(resource, "apiGroup") || "<none>"}, Kind: ${Fields.text(resource, "kind")}, Name: ${Fields.text(resource, "name")}`
      )
}

export const ingress: Describer = {
  events: true,
  write: Effect.fnUntraced(function* (page, { inv, name, namespace, object }) {
    const spec = Fields.at(object, "spec")
    page.field(0, "Name", name)
    page.labels(object)
    page.field(0, "Namespace", namespace)
    page.field(
      0,
      "Address",
      Fields.list(object, "status", "loadBalancer", "ingress")
        .map((one) => Fields.text(one, "ip") || Fields.text(one, "hostname"))
        .join(",")
    )
    page.field(0, "Ingress Class", Fields.text(spec, "ingressClassName") || "<none>")
    const fallback = Fields.at(spec, "defaultBackend")
    const otherwise = fallback === undefined ? "<default>" : yield* backend(inv, namespace, fallback)
    page.field(0, "Default backend", otherwise)
    const tls = Fields.list(spec, "tls")
    if (tls.length > 0) page.line(0, "TLS:")
    for (const one of tls) {
      const [secret, hosts] = [Fields.text(one, "secretName"), Fields.list(one, "hosts").map(String).join(",")]
      page.line(1, secret === "" ? `SNI routes ${hosts}` : `${secret} terminates ${hosts}`)
    }
    page.line(0, "Rules:")
    page.line(1, "Host", "Path", "Backends")
    page.line(1, "----", "----", "--------")
    const rules = Fields.list(spec, "rules").filter((rule) => Fields.at(rule, "http") !== undefined)
    for (const rule of rules) {
      page.line(1, Fields.text(rule, "host") || "*", "")
      for (const path of Fields.list(rule, "http", "paths"))
        page.line(2, "", `${Fields.text(path, "path")} `, yield* backend(inv, namespace, Fields.at(path, "backend")))
    }
    if (rules.length === 0) page.line(1, "*", "*", otherwise)
    page.annotations(object)
  })
}

export const ingressClass: Describer = plain((page, { object }) => {
  page.field(0, "Name", object.metadata.name)
  page.labels(object)
  page.annotations(object)
  page.field(0, "Controller", Fields.text(object, "spec", "controller"))
  const parameters = Fields.at(object, "spec", "parameters")
  if (parameters === undefined) return
  page.line(0, "Parameters:")
  page.field(1, "APIGroup", Fields.text(parameters, "apiGroup"))
  page.field(1, "Kind", Fields.text(parameters, "kind"))
  page.field(1, "Name", Fields.text(parameters, "name"))
})
