/** Who writes what in which order: the requests of `answers.golden.json`, for a new API server. Every sequence has objects of its own. */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import jsonPatches from "./json.json" with { type: "json" }
import { refusals } from "./Refusals.ts"
import {
  apply,
  apps,
  by,
  clientSide,
  config,
  container,
  core,
  definition,
  deployment,
  gadget,
  gadgets,
  deployments,
  entry,
  finalized,
  get,
  json,
  labels,
  maps,
  merge,
  patches,
  post,
  put,
  strategic
} from "./Requests.ts"
import strategicPatches from "./strategic.json" with { type: "json" }

export const sequences: Readonly<Record<string, ReadonlyArray<KubeRequest>>> = {
  "an updater owns what it changes": [
    post(maps, config("u1", { a: "1", b: "1" }), by("a")),
    merge(`${maps}/u1`, { data: { a: "2" } }, by("b")),
    put(`${maps}/u1`, config("u1", { a: "2", c: "3" }), by("c")),
    merge(`${maps}/u1`, { data: { c: "3" } }, by("d")),
    json(`${maps}/u1`, [{ op: "remove", path: "/data" }], by("e")),
    strategic(`${maps}/u1`, { metadata: { labels: { x: "y" }, annotations: { p: "q" } } }, by("a")),
    get(`${maps}/u1`)
  ],
  "the user agent names a writer that does not": [
    { ...post(maps, config("ua1", { a: "1" })), userAgent: "kubectl/v1.34.4 (linux/amd64) kubernetes/abc" },
    { ...merge(`${maps}/ua1`, { data: { b: "1" } }), userAgent: "two words/1" },
    { ...merge(`${maps}/ua1`, { data: { c: "1" } }), userAgent: "/1" },
    { ...merge(`${maps}/ua1`, { data: { d: "1" } }), userAgent: `${"x".repeat(140)}/1` }
  ],
  "defaults are their creator's": [
    post(deployments, deployment("d1"), by("a")),
    post(`${core}/pods`, { metadata: { name: "p1" }, spec: { containers: [{ ...container, env: [{ name: "A", value: "" }] }] } }, by("a")),
    post(
      `${core}/services`,
      { metadata: { name: "s1" }, spec: { ports: [{ port: 80 }, { port: 80, protocol: "UDP", name: "u" }], selector: labels } },
      by("a")
    ),
    post(`${core}/secrets`, { metadata: { name: "s1" }, stringData: { a: "b" } }, by("a")),
    post(
      "/apis/events.k8s.io/v1/namespaces/default/events",
      {
        metadata: { name: "e2" },
        eventTime: "2020-01-01T00:00:00.000000Z",
        type: "Normal",
        reason: "R",
        action: "a",
        note: "n",
        reportingController: "x.y/z",
        reportingInstance: "i",
        regarding: { kind: "Pod", namespace: "default", name: "p" }
      },
      by("a")
    ),
    post(
      "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
      {
        metadata: { name: "h0" },
        spec: {
          maxReplicas: 3,
          targetCPUUtilizationPercentage: 50,
          scaleTargetRef: { kind: "Deployment", name: "d1", apiVersion: "apps/v1" }
        }
      },
      by("a")
    ),
    merge("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/h0", { spec: { maxReplicas: 4 } }, by("b")),
    get("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/h0"),
    post("/api/v1/namespaces", { metadata: { name: "sequence" } }, by("a")),
    post(`${core}/serviceaccounts`, { metadata: { name: "s1" } }, by("a")),
    post(
      "/apis/batch/v1/namespaces/default/jobs",
      { metadata: { name: "j1" }, spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } } },
      by("a")
    ),
    post(`${apps}/statefulsets`, { ...deployment("ss1", { serviceName: "x" }), kind: "StatefulSet" }, by("a")),
    post(`${apps}/daemonsets`, { ...deployment("ds1"), kind: "DaemonSet" }, by("a")),
    post(
      `${core}/persistentvolumeclaims`,
      { metadata: { name: "pvc1" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
      by("a")
    ),
    post(
      "/api/v1/persistentvolumes",
      {
        metadata: { name: "pv1" },
        spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, hostPath: { path: "/x" }, claimRef: { name: "pvc1" } }
      },
      by("a")
    ),
    post(
      "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
      {
        metadata: { name: "i1" },
        spec: {
          rules: [
            { host: "h", http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 1 } } } }] } }
          ]
        }
      },
      by("a")
    ),
    post(
      "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
      { metadata: { name: "r1" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
      by("a")
    ),
    post(
      "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
      { metadata: { name: "h1" }, spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "d1", apiVersion: "apps/v1" } } },
      by("a")
    ),
    post(
      "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
      { metadata: { name: "b1" }, spec: { minAvailable: 1, selector: { matchLabels: labels } } },
      by("a")
    ),
    post(
      `${core}/events`,
      { metadata: { name: "e1" }, involvedObject: { kind: "Pod", name: "p1", namespace: "default" }, reason: "R", message: "m" },
      by("a")
    ),
    post(`${core}/endpoints`, { metadata: { name: "ep1" }, subsets: [{ addresses: [{ ip: "10.0.0.1" }], ports: [{ port: 80 }] }] }, by("a"))
  ],
  "apply creates, and what it no longer names goes": [
    apply(`${maps}/a1`, config("a1", { a: "1", b: "2" }, { labels }), by("m1")),
    apply(`${maps}/a1`, config("a1", { a: "1", b: "2" }, { labels }), by("m1")),
    merge(`${maps}/a1`, { data: { c: "3" } }, by("u")),
    apply(`${maps}/a1`, config("a1", { a: "1" }), by("m1")),
    apply(`${maps}/a1`, config("a1", undefined), by("m1")),
    get(`${maps}/a1`)
  ],
  "appliers share a value, and only disagreement is a conflict": [
    apply(`${maps}/a2`, config("a2", { a: "1", b: "2" }), by("m1")),
    apply(`${maps}/a2`, config("a2", { a: "1" }), by("m2")),
    apply(`${maps}/a2`, config("a2", { b: "9" }), by("m3")),
    apply(`${maps}/a2`, config("a2", { b: "9" }), by("m3", { dryRun: "All", force: "true" })),
    apply(`${maps}/a2`, config("a2", { a: "8", b: "9" }), by("m3", { force: "true" })),
    apply(`${maps}/a2`, config("a2", undefined), by("m1")),
    apply(`${maps}/a2`, config("a2", { a: "8" }), by("m3")),
    apply(`${maps}/a2`, config("a2", undefined), by("m3")),
    apply(`${maps}/a2`, config("a2", undefined), by("m2")),
    get(`${maps}/a2`)
  ],
  "an updater's change is a conflict too": [
    post(maps, config("a3", { a: "1", b: "1" }), by("creator")),
    apply(`${maps}/a3`, config("a3", { a: "1" }), by("m1")),
    merge(`${maps}/a3`, { data: { a: "2" } }, by("editor")),
    apply(`${maps}/a3`, config("a3", { a: "1" }), by("m1")),
    apply(`${maps}/a3`, config("a3", { a: "1", b: "7" }), by("m1")),
    apply(`${maps}/a3`, config("a3", { a: "1" }), by("m1", { force: "true" })),
    apply(`${maps}/a3`, config("a3", {}), by("m1"))
  ],
  "lists merge by their keys": [
    apply(`${deployments}/l1`, deployment("l1", { replicas: 2 }), by("m1")),
    apply(
      `${deployments}/l1`,
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "l1" },
        spec: {
          template: {
            spec: {
              containers: [
                { name: "c", env: [{ name: "E", value: "1" }] },
                { name: "side", image: "s" }
              ]
            }
          }
        }
      },
      by("m2")
    ),
    apply(
      `${deployments}/l1`,
      deployment("l1", {}, { containers: [{ ...container, ports: [{ containerPort: 81 }, { containerPort: 80, protocol: "TCP" }] }] }),
      by("m1")
    ),
    apply(
      `${deployments}/l1`,
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "l1" },
        spec: { template: { spec: { containers: [{ name: "side", image: "t" }] } } }
      },
      by("m2")
    ),
    apply(`${deployments}/l1`, deployment("l1", {}, { containers: [{ ...container, image: "other" }] }), by("m3")),
    apply(`${deployments}/l1`, deployment("l1", {}, { containers: [{ ...container, image: "other" }] }), by("m3", { force: "true" })),
    strategic(`${deployments}/l1`, { spec: { template: { spec: { containers: [{ name: "side", $patch: "delete" }] } } } }, by("patcher")),
    get(`${deployments}/l1`)
  ],
  "sets, atomic lists and the order of lists": [
    apply(`${maps}/s1`, config("s1", undefined, { finalizers: ["x.y/a", "x.y/b"], annotations: { a: "b" } }), by("m1")),
    apply(`${maps}/s1`, config("s1", undefined, { finalizers: ["x.y/c", "x.y/a"] }), by("m2")),
    apply(`${maps}/s1`, config("s1", undefined, { finalizers: ["x.y/b"] }), by("m1")),
    apply(`${maps}/s1`, config("s1", undefined), by("m2")),
    apply(
      "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/s1",
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "s1" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]
      },
      by("m1")
    ),
    apply(
      "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/s1",
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "s1" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }]
      },
      by("m2")
    ),
    apply(
      `${core}/services/s2`,
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s2" },
        spec: {
          selector: { a: "b" },
          ports: [
            { port: 80, name: "a" },
            { port: 81, name: "b" },
            { port: 82, name: "c" }
          ]
        }
      },
      by("m1")
    ),
    apply(
      `${core}/services/s2`,
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s2" },
        spec: {
          ports: [
            { port: 82, name: "c" },
            { port: 90, name: "n" },
            { port: 80, name: "a" }
          ]
        }
      },
      by("m2")
    ),
    apply(
      `${core}/services/s2`,
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s2" },
        spec: { selector: { a: "c" } }
      },
      by("m3")
    )
  ],
  "the status has owners of its own": [
    post(deployments, deployment("t1", { replicas: 1 }), by("a")),
    merge(
      `${deployments}/t1/status`,
      {
        metadata: { labels: { q: "r" }, annotations: { q: "r" } },
        spec: { replicas: 9 },
        status: {
          replicas: 2,
          conditions: [{ type: "A", status: "True", lastTransitionTime: "2020-01-01T00:00:00Z", lastUpdateTime: "2020-01-01T00:00:00Z" }]
        }
      },
      by("st")
    ),
    merge(`${deployments}/t1`, { status: { replicas: 7 }, spec: { replicas: 3 } }, by("main")),
    apply(
      `${deployments}/t1/status`,
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "t1" }, spec: { replicas: 9 }, status: { replicas: 5 } },
      by("st2")
    ),
    apply(
      `${deployments}/t1/status`,
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "t1" }, spec: { replicas: 9 }, status: { replicas: 5 } },
      by("st2", { force: "true" })
    ),
    apply(
      `${deployments}/t1`,
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "t1" }, spec: { paused: true }, status: { replicas: 1 } },
      by("st2")
    ),
    apply(`${deployments}/none/status`, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "none" } }, by("st2"))
  ],
  "a scale takes the replicas": [
    post(deployments, deployment("c1", { replicas: 1 }), by("creator")),
    merge(`${deployments}/c1/scale`, { spec: { replicas: 2 } }, by("sc")),
    get(`${deployments}/c1`),
    put(
      `${deployments}/c1/scale`,
      { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "c1", namespace: "default" }, spec: { replicas: 4 } },
      by("sc2")
    ),
    get(`${deployments}/c1`),
    apply(`${deployments}/c1`, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "c1" }, spec: { replicas: 9 } }, by("m1")),
    apply(
      `${deployments}/c1/scale`,
      { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "c1", namespace: "default" }, spec: { replicas: 5 } },
      by("ap")
    ),
    apply(
      `${deployments}/c1/scale`,
      { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "c1", namespace: "default" }, spec: { replicas: 5 } },
      by("ap", { force: "true" })
    ),
    get(`${deployments}/c1`),
    merge(`${deployments}/c1`, { spec: { replicas: 6 } }, by("creator")),
    get(`${deployments}/c1`)
  ],
  "a scale of replicas that nobody owns": [
    apply(`${deployments}/c2`, deployment("c2"), by("m1")),
    merge(`${deployments}/c2/scale`, { spec: { replicas: 2 } }, by("sc")),
    get(`${deployments}/c2`),
    apply(
      `${deployments}/c2/scale`,
      { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "c2", namespace: "default" }, spec: { replicas: 5 } },
      by("ap")
    ),
    apply(
      `${deployments}/c2/scale`,
      { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "c2", namespace: "default" }, spec: { replicas: 2 } },
      by("ap")
    ),
    get(`${deployments}/c2`)
  ],
  "requests that carry owners": [
    post(
      maps,
      { ...config("r1", { a: "1" }, { managedFields: [{ ...entry, fieldsV1: { "f:data": { "f:zz": {}, "f:a": {} } } }] }) },
      by("a")
    ),
    post(maps, { ...config("r2", { a: "1" }, { managedFields: [{ ...entry, operation: "Bad" }] }) }, by("a")),
    merge(`${maps}/r1`, { metadata: { managedFields: [{}] } }, by("c")),
    merge(`${maps}/r1`, { data: { b: "1" } }, by("c")),
    apply(`${maps}/r1`, config("r1", { b: "1" }), by("d")),
    apply(`${maps}/r1`, config("r1", { b: "2" }), by("d")),
    merge(`${maps}/r1`, { metadata: { managedFields: [{ ...entry, apiVersion: "" }] }, data: { x: "y" } }, by("c")),
    merge(`${maps}/r1`, { metadata: { managedFields: [{ ...entry, fieldsType: "FieldsV2" }] } }, by("c")),
    merge(
      `${maps}/r1`,
      {
        metadata: {
          managedFields: [
            { ...entry, fieldsV1: { "f:data": { "f:a": {}, "f:zz": {} } } },
            { ...entry, manager: "old", apiVersion: "v1beta7", fieldsV1: { "f:data": {} } }
          ]
        }
      },
      by("c")
    ),
    merge(`${maps}/r1`, { metadata: { managedFields: [{ ...entry, manager: "m".repeat(129), fieldsV1: {} }] } }, by("c")),
    merge(`${maps}/r1`, { metadata: { managedFields: [{ ...entry, subresource: "m".repeat(257), fieldsV1: {} }] } }, by("c")),
    json(`${maps}/r2`, [{ op: "remove", path: "/metadata/managedFields" }], by("c")),
    json(`${maps}/r2`, [{ op: "test", path: "/metadata/managedFields/0/manager", value: "a" }], by("c")),
    json(`${maps}/r2`, [{ op: "replace", path: "/metadata/managedFields", value: [] }], by("c")),
    get(`${maps}/r2`)
  ],
  "no more than ten updaters are kept apart": [
    post(maps, config("n1", { a: "1" }), by("u00")),
    ...Array.from({ length: 14 }, (_, i) => merge(`${maps}/n1`, { data: { [`k${i}`]: "1" } }, by(`u${String(i + 1).padStart(2, "0")}`)))
  ],
  "kubectl goes on where its client-side apply left off": [
    post(maps, clientSide("k1", { a: "1", b: "1" }), by("kubectl-client-side-apply")),
    merge(`${maps}/k1`, { data: { b: "5" } }, by("other")),
    apply(`${maps}/k1`, config("k1", { a: "9", b: "9" }), by("kubectl")),
    apply(`${maps}/k1`, config("k1", { a: "9" }), by("someone")),
    apply(`${maps}/k1`, config("k1", { a: "9", c: "<9>" }), by("kubectl")),
    apply(`${maps}/k1`, config("k1", { c: "<9>" }), by("kubectl")),
    get(`${maps}/k1`)
  ],
  "refused applies": refusals,
  "a custom resource is merged by its schema": [
    post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition, by("a")),
    apply(
      gadgets,
      gadget({
        parts: [{ name: "a", size: 1 }, { name: "b" }],
        tags: ["x", "y"],
        whole: ["p"],
        free: { q: { r: 1 } },
        empty: [],
        no: false
      }),
      by("m1")
    ),
    apply(gadgets, gadget({ parts: [{ name: "b", size: 2 }, { name: "c" }], tags: ["z"], whole: ["q"] }), by("m2")),
    apply(gadgets, gadget({ parts: [{ name: "b", size: 2 }, { name: "c" }], tags: ["z"], free: { q: { s: 1 } } }), by("m2")),
    apply(gadgets, gadget({ parts: [{ name: "a", size: 3 }], unknown: 1 }), by("m3")),
    apply(gadgets, gadget({ parts: [{ name: "a", size: "3" }] }), by("m3")),
    apply(gadgets, gadget({ parts: [{ name: "a", size: 3 }] }), by("m3", { force: "true" })),
    apply(gadgets, gadget({}), by("m1")),
    merge(gadgets, { spec: { tags: ["n"], parts: [{ name: "n" }] } }, by("u"))
  ],
  "zero values and empty lists": [
    apply(
      `${deployments}/z1`,
      deployment(
        "z1",
        { paused: false, minReadySeconds: 0 },
        { hostNetwork: false, containers: [{ ...container, args: [], env: [], resources: {} }] }
      ),
      by("m")
    ),
    apply(`${deployments}/z1`, deployment("z1", {}, { containers: [{ ...container, resources: { limits: { cpu: "1000m" } } }] }), by("m")),
    apply(`${deployments}/z1`, deployment("z1", {}, { containers: [{ ...container, resources: { limits: { cpu: "1" } } }] }), by("m2")),
    apply(`${deployments}/z1`, deployment("z1", {}, { containers: [{ ...container, resources: { limits: { cpu: "1000m" } } }] }), by("m2")),
    put(`${deployments}/z1`, deployment("z1", { replicas: 1 }), by("putter"))
  ],
  "directives of strategic merge patches": patches(strategic, deployments, finalized, strategicPatches, "sp"),
  "operations of JSON patches": patches(json, maps, config("jp", { a: "1" }), jsonPatches, "jp"),
  "bodies of merge patches": [
    ...patches(merge, maps, config("mp", { a: "1" }), [null, [1], "x", 1, true, {}], "mp"),
    ...patches(strategic, maps, config("mq", { a: "1" }), [null, [1], "x", 1, true, {}], "mq")
  ]
}
