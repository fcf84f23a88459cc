/** A kind with its seeds in a place of its own, and the steps that all generators are made of. */
import type { JsonRecord } from "@aiopslab/kubernetes/Json"
import { print, record } from "@aiopslab/kubernetes/Json"
import type { Kind } from "../Kinds.ts"
import { collectionOf } from "../Kinds.ts"
import type { Seed, Seeds } from "../Seeds.ts"
import type { Request, Scenario, Step } from "../Step.ts"

export interface Subject {
  readonly kind: Kind
  readonly seeds: Seeds
}

/** Where one scenario of a kind plays. */
export interface Stage {
  readonly kind: Kind
  readonly scenario: string
  readonly namespace: string
  readonly collection: string
  readonly item: (object: JsonRecord) => string
  /** Objects of a name of their own; `which` tells several of a scenario apart. */
  readonly seed: (which?: string) => Seed
}

export const nameOf = (object: JsonRecord): string => print(record(object["metadata"])["name"])

export const stage = ({ kind, seeds }: Subject, part: string): Stage => {
  const namespace = `${kind.label.toLowerCase().replaceAll(".", "-")}-${part}`
  const collection = collectionOf(kind, namespace)
  return {
    kind,
    scenario: `${kind.label}/${part}`,
    namespace,
    collection,
    item: (object) => `${collection}/${nameOf(object)}`,
    seed: (which = "") => seeds(`${part}${which}`, namespace)
  }
}

export const step = (verb: string, mutation: string, name: string, request: Request): Step => ({ name, verb, mutation, request })

export const create = (at: Stage, name: string, body: unknown, mutation = "valid", query: Readonly<Record<string, string>> = {}): Step =>
  step("create", mutation, name, { method: "POST", path: at.collection, query, body })

export const dry = { dryRun: "All" } as const

/** Kinds with a controller inside kube-apiserver. */
const settling: ReadonlySet<string> = new Set([
  "APIService",
  "CustomResourceDefinition",
  "FlowSchema",
  "PriorityLevelConfiguration",
  "ServiceCIDR"
])

export const scenario = (
  at: Stage,
  order: Scenario["order"],
  steps: ReadonlyArray<Step>,
  setup: ReadonlyArray<Step> = []
): ReadonlyArray<Scenario> =>
  steps.length === 0
    ? []
    : [
        {
          name: at.scenario,
          kind: at.kind.label,
          setup: at.kind.namespaced
            ? [
                step("create", "setup", "(namespace)", {
                  method: "POST",
                  path: "/api/v1/namespaces",
                  body: { apiVersion: "v1", kind: "Namespace", metadata: { name: at.namespace } }
                }),
                ...setup
              ]
            : setup,
          steps,
          order,
          ...(settling.has(at.kind.label) ? { settles: true } : {})
        }
      ]
