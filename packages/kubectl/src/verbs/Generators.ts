/** The kinds of `kubectl create KIND NAME`. */
import * as Effect from "effect/Effect"
import type { Flags } from "../CommandLine.ts"
import { configMap, dataFlags, secret } from "./create/Data.ts"
import { type Generator, nameOf } from "./create/Generator.ts"
import { ingress, networkFlags, service } from "./create/Network.ts"
import { podDisruptionBudget, policyFlags, priorityClass, resourceQuota } from "./create/Policies.ts"
import { clusterRole, clusterRoleBinding, role, roleBinding, roleFlags } from "./create/Roles.ts"
import { cronJob, deployment, job, workloadFlags } from "./create/Workloads.ts"

const simple = (kind: string): Generator => ({
  make: (inv, names) => Effect.map(nameOf(inv, names), (name) => ({ apiVersion: "v1", kind, metadata: { name } }))
})

const byKind: Readonly<Record<string, Generator>> = {
  clusterrole: clusterRole,
  clusterrolebinding: clusterRoleBinding,
  configmap: configMap,
  cronjob: cronJob,
  deployment,
  ingress,
  job,
  namespace: simple("Namespace"),
  poddisruptionbudget: podDisruptionBudget,
  priorityclass: priorityClass,
  quota: resourceQuota,
  role,
  rolebinding: roleBinding,
  secret,
  service,
  serviceaccount: { ...simple("ServiceAccount"), refused: "failed to create serviceaccount:" }
}

const aliases: Readonly<Record<string, string>> = {
  cj: "cronjob",
  cm: "configmap",
  deploy: "deployment",
  ing: "ingress",
  ns: "namespace",
  pc: "priorityclass",
  pdb: "poddisruptionbudget",
  resourcequota: "quota",
  sa: "serviceaccount",
  svc: "service"
}

/** Kinds whose first argument is a kind of the kind. */
export const divided: ReadonlySet<string> = new Set(["secret", "service"])

export const kindNamed = (given: string): string => aliases[given] ?? given

/** By the kind's name or short name. */
export const generatorOf = (kind: string): Generator | undefined => byKind[kindNamed(kind)]

export const generatorFlags: Flags = { ...dataFlags, ...networkFlags, ...policyFlags, ...roleFlags, ...workloadFlags }
