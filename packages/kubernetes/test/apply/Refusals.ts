/** Applies, and writes with options, that are refused. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { apply, by, config, container, deployment, deployments, json, maps, merge, post, put } from "./Requests.ts"

export const refusals: ReadonlyArray<KubeRequest> = [
  apply(`${maps}/x1`, config("x1", { a: "1" })),
  apply(`${maps}/x1`, config("x1", { a: "1" }), by("m".repeat(129))),
  apply(`${maps}/x1`, config("x1", { a: "1" }), by("a\nb", { dryRun: "some", fieldValidation: "other" })),
  merge(`${maps}/x1`, {}, { force: "true" }),
  post(maps, config("x0", {}), { fieldManager: "\u0007", dryRun: "x" }),
  put(`${maps}/x1`, config("x1", {}), { fieldManager: "é\u0000", fieldValidation: "x" }),
  apply(`${maps}/x1`, config("x1", { a: "1" }), by("m")),
  apply(`${maps}/x1`, { ...config("x1", {}), kind: "Secret" }, by("m")),
  apply(`${maps}/x1`, { metadata: { name: "x1" } }, by("m")),
  apply(`${maps}/x1`, [1], by("m")),
  apply(`${maps}/x1`, "text", by("m")),
  apply(`${maps}/x1`, null, by("m")),
  apply(`${maps}/x1`, { ...config("x1", {}), metadata: { name: "x1", managedFields: [] } }, by("m")),
  apply(`${maps}/x1`, config("x1", {}, { resourceVersion: "1" }), by("m")),
  apply(`${maps}/x1`, config("x1", {}, { uid: "1" }), by("m")),
  merge(`${maps}/x1`, { metadata: { uid: "1" } }, by("m")),
  apply(`${maps}/x2`, config("x2", {}, { uid: "1" }), by("m")),
  apply(`${maps}/x3`, config("x3", {}, { resourceVersion: "1" }), by("m")),
  apply(`${maps}/x1`, config("other", {}), by("m")),
  apply(`${maps}/x1`, config("x1", {}, { namespace: "other" }), by("m")),
  apply("/api/v1/namespaces/nowhere/configmaps/x1", config("x1", {}), by("m")),
  apply(`${maps}/x1`, { ...config("x1", {}), foo: { a: 1 } }, by("m")),
  apply(`${maps}/x1`, config("x1", { a: 1, b: true, c: null }), by("m")),
  apply(`${maps}/x1`, config("x1", [1]), by("m")),
  apply(`${maps}/x1`, { ...config("x1", {}), immutable: "x" }, by("m")),
  apply(`${maps}/x1`, config("x1", {}, { finalizers: ["a", "a"], labels: { a: {} }, generation: "1" }), by("m")),
  apply(`${deployments}/x1`, deployment("x1", { foo: 1 }), by("m")),
  apply(
    `${deployments}/x1`,
    deployment("x1", { paused: 1 }, { hostNetwork: "x", dnsPolicy: 1, containers: [{ name: "a" }, { name: "a" }] }),
    by("m")
  ),
  apply(`${deployments}/x1`, deployment("x1", {}, { containers: ["a"] }), by("m")),
  apply(`${deployments}/x1`, deployment("x1", {}, { containers: { name: "a" } }), by("m")),
  apply(`${deployments}/x1`, deployment("x1", {}, { containers: [{ ...container, args: [1] }] }), by("m")),
  apply(`${deployments}/x1`, deployment("x1", { replicas: "1" }, { containers: [{ ...container, ports: [{}] }] }), by("m")),
  { method: "PATCH", path: `${maps}/x1`, body: {}, contentType: "application/apply-patch+cbor", query: by("m") },
  json(`${maps}/nope`, [], by("m")),
  apply(`${deployments}/x1`, deployment("x1", {}, { containers: [] }), by("m"))
]
