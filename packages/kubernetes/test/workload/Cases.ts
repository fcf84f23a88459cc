/**
 * Objects of which the server has something to say: merge patches of valid ones, created (a dry run each), or written over a stored one. `answers.golden.json` holds
 * what a real kube-apiserver says.
 */
import type { KubeRequest } from "@aiopslab/core/Kubernetes"
import { patchTypes } from "@aiopslab/core/Kubernetes"
import { record } from "@aiopslab/kubernetes/Json"
import * as MergePatch from "@aiopslab/kubernetes/patch/MergePatch"

type Body = Readonly<Record<string, unknown>>

const container = { name: "c", image: "nginx" }
const labels = { app: "w" }
const template = { metadata: { labels }, spec: { containers: [container] } }
const ends = { ...template, spec: { ...template.spec, restartPolicy: "Never" } }
const selector = { matchLabels: labels }

interface Kind {
  readonly path: string
  readonly object: Body
}

const kind = (group: string, plural: string, rest: Body): Kind => ({
  path: `/${group === "v1" ? "api/v1" : `apis/${group}`}/namespaces/default/${plural}`,
  object: { metadata: { name: "w" }, ...rest }
})

const kinds = {
  pod: kind("v1", "pods", { spec: { containers: [container] } }),
  podTemplate: kind("v1", "podtemplates", { template }),
  controller: kind("v1", "replicationcontrollers", { spec: { template } }),
  deployment: kind("apps/v1", "deployments", { spec: { selector, template } }),
  replicaSet: kind("apps/v1", "replicasets", { spec: { selector, template } }),
  daemonSet: kind("apps/v1", "daemonsets", { spec: { selector, template } }),
  statefulSet: kind("apps/v1", "statefulsets", { spec: { selector, template, serviceName: "w" } }),
  revision: kind("apps/v1", "controllerrevisions", { revision: 1, data: { a: 1 } }),
  job: kind("batch/v1", "jobs", { spec: { template: ends } }),
  cronJob: kind("batch/v1", "cronjobs", { spec: { schedule: "* * * * *", jobTemplate: { spec: { template: ends } } } })
} as const

type Row = readonly [kind: keyof typeof kinds, title: string, patch: Body]

const of = (more: Body): Body => ({ spec: { containers: [{ ...container, ...more }] } })
const volume = (source: Body): Body => ({ spec: { volumes: [{ name: "v", ...source }] } })

const created: ReadonlyArray<Row> = [
  ["pod", "no containers", { spec: { containers: [] } }],
  ["pod", "names of containers", { spec: { containers: [{ name: "A.b", image: " x" }, { image: "y" }, container, container] } }],
  ["pod", "environment", of({ env: [{ name: "a=b", value: "1" }, { name: "" }, { name: "B", value: "2", valueFrom: {} }] })],
  [
    "pod",
    "environment twice",
    of({
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "2" },
        { name: "A", value: "$(A)3" }
      ]
    })
  ],
  [
    "pod",
    "fields of the pod",
    of({
      env: ["metadata.labels['A b']", "spec.os", "status.phase", "x['y']"].map((fieldPath, i) => ({
        name: `E${i}`,
        valueFrom: { fieldRef: { fieldPath } }
      }))
    })
  ],
  [
    "pod",
    "resources of a container",
    of({
      env: [
        { name: "E", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "7" } } },
        { name: "F", valueFrom: { resourceFieldRef: { resource: "x" } } }
      ]
    })
  ],
  [
    "pod",
    "keys of maps",
    of({
      envFrom: [{}, { prefix: "é", configMapRef: { name: "A" }, secretRef: {} }],
      env: [{ name: "E", valueFrom: { secretKeyRef: { name: "", key: "a b" } } }]
    })
  ],
  [
    "pod",
    "ports",
    of({
      ports: [
        { containerPort: 0 },
        { containerPort: 70_000, hostPort: -1, name: "--", protocol: "X" },
        { containerPort: 1, name: "a" },
        { containerPort: 1, name: "a" }
      ]
    })
  ],
  [
    "pod",
    "the same port twice",
    {
      spec: {
        containers: [
          {
            ...container,
            ports: [
              { containerPort: 1, hostPort: 5 },
              { containerPort: 2, hostPort: 5 }
            ]
          }
        ]
      }
    }
  ],
  [
    "pod",
    "ports that overlap",
    of({
      ports: [
        { containerPort: 1 },
        { containerPort: 1, hostPort: 5, hostIP: "1.1.1.1" },
        { containerPort: 1 },
        { containerPort: 3, hostIP: "1.1.1.1" }
      ]
    })
  ],
  [
    "pod",
    "mounts",
    {
      spec: {
        volumes: [{ name: "v" }],
        containers: [
          {
            ...container,
            volumeMounts: [
              { name: "w", mountPath: "/a" },
              { name: "v", mountPath: "/a", subPath: "../b", subPathExpr: "/c" },
              { name: "v", mountPath: "", mountPropagation: "Bidirectional", recursiveReadOnly: "Enabled" }
            ]
          }
        ]
      }
    }
  ],
  [
    "pod",
    "devices",
    {
      spec: {
        volumes: [{ name: "v" }],
        containers: [
          {
            ...container,
            volumeDevices: [
              { name: "v", devicePath: "" },
              { name: "w", devicePath: "/../x" }
            ]
          }
        ]
      }
    }
  ],
  ["pod", "limits", of({ resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } })],
  ["pod", "another resource", of({ resources: { limits: { foo: "-1" } } })],
  ["pod", "parts of a device", of({ resources: { limits: { "a.com/b": "1.5" } } })],
  ["pod", "a device without a limit", of({ resources: { requests: { "c.com/d": "1" } } })],
  ["pod", "huge pages", of({ resources: { limits: { "hugepages-2Mi": "3Mi" } } })],
  ["pod", "parts of bytes", of({ resources: { limits: { memory: "100m" } } })],
  [
    "pod",
    "probes",
    of({
      livenessProbe: { successThreshold: 2, periodSeconds: -1 },
      readinessProbe: { exec: {}, httpGet: { port: "http-" }, terminationGracePeriodSeconds: 1 },
      startupProbe: { grpc: { port: 0 } }
    })
  ],
  ["pod", "hooks", of({ lifecycle: { preStop: { sleep: { seconds: 60 } }, postStart: {} } })],
  [
    "pod",
    "policies",
    {
      spec: {
        restartPolicy: "X",
        dnsPolicy: "Y",
        preemptionPolicy: "Z",
        containers: [{ ...container, imagePullPolicy: "A", terminationMessagePolicy: "B" }]
      }
    }
  ],
  [
    "pod",
    "resizing",
    {
      spec: {
        restartPolicy: "Never",
        containers: [
          {
            ...container,
            resizePolicy: [
              { resourceName: "cpu", restartPolicy: "RestartContainer" },
              { resourceName: "x", restartPolicy: "y" }
            ]
          }
        ]
      }
    }
  ],
  [
    "pod",
    "security of a container",
    of({
      securityContext: {
        runAsUser: -1,
        privileged: true,
        allowPrivilegeEscalation: false,
        procMount: "Unmasked",
        seccompProfile: { type: "X", localhostProfile: "/a" },
        windowsOptions: { runAsUserName: "a\\b\\c" }
      }
    })
  ],
  [
    "pod",
    "security of a pod",
    {
      spec: {
        hostNetwork: true,
        hostPID: true,
        shareProcessNamespace: true,
        securityContext: {
          fsGroup: -1,
          fsGroupChangePolicy: "X",
          sysctls: [{ name: "net.a", value: "1" }, { name: "A" }],
          appArmorProfile: { type: "Localhost" },
          seLinuxChangePolicy: "MountOption"
        }
      }
    }
  ],
  ["pod", "its own users", { spec: { hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true } }],
  [
    "pod",
    "init containers",
    {
      spec: {
        initContainers: [
          { ...container, livenessProbe: { exec: { command: ["x"] } }, lifecycle: {} },
          { name: "s", image: "s", restartPolicy: "Always", startupProbe: {} }
        ]
      }
    }
  ],
  [
    "pod",
    "ephemeral containers",
    { spec: { ephemeralContainers: [{ ...container, name: "e", ports: [{ containerPort: 1 }], targetContainerName: "x" }] } }
  ],
  ["pod", "names of volumes", { spec: { volumes: [{ name: "" }, { name: "A" }, { name: "v" }, { name: "v" }] } }],
  ["pod", "two sources", volume({ emptyDir: { sizeLimit: "-1" }, hostPath: { path: "/" }, downwardAPI: {} })],
  ["pod", "hostPath", volume({ hostPath: { path: "/a/../b", type: "X" } })],
  [
    "pod",
    "secret",
    volume({
      secret: {
        defaultMode: 1000,
        items: [
          { key: "", path: "../x", mode: -1 },
          { key: "a", path: "..b" }
        ]
      }
    })
  ],
  [
    "pod",
    "downward API",
    volume({
      downwardAPI: {
        items: [
          { path: "" },
          { path: "a", fieldRef: { fieldPath: "spec.nodeName" } },
          { path: "b", resourceFieldRef: { resource: "limits.cpu" } }
        ]
      }
    })
  ],
  [
    "pod",
    "projected",
    volume({
      projected: {
        sources: [
          { serviceAccountToken: { path: "t", expirationSeconds: 1 } },
          { secret: { name: "", items: [{ key: "a", path: "p" }] }, configMap: { name: "m", items: [{ key: "a", path: "p" }] } }
        ]
      }
    })
  ],
  ["pod", "iscsi", volume({ iscsi: { targetPortal: "", iqn: "abc", lun: 300, chapAuthSession: true, initiatorName: "iqn.x" } })],
  ["pod", "fibre channel", volume({ fc: { targetWWNs: ["a"], wwids: ["b"] } })],
  [
    "pod",
    "old volumes",
    {
      spec: {
        volumes: [
          { name: "a", gitRepo: { repository: "" } },
          { name: "b", rbd: { monitors: [], image: "" } },
          { name: "c", azureDisk: { diskName: "", diskURI: "", kind: "X" } },
          { name: "d", flocker: {} },
          { name: "e", quobyte: { registry: "x", volume: "" } }
        ]
      }
    }
  ],
  [
    "pod",
    "warnings of volumes",
    {
      spec: {
        volumes: [
          { name: "a", gitRepo: { repository: "r" } },
          {
            name: "b",
            configMap: {
              name: "m",
              items: [
                { key: "a", path: "p" },
                { key: "b", path: "p/q" }
              ]
            }
          },
          { name: "c", projected: { sources: [{}] } }
        ]
      }
    }
  ],
  ["pod", "csi", volume({ csi: { driver: "a".repeat(70), nodePublishSecretRef: {} } })],
  [
    "pod",
    "ephemeral volume",
    volume({
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { name: "x" },
          spec: {
            accessModes: ["X", "ReadWriteOncePod", "ReadWriteOnce"],
            resources: { requests: { storage: "0" } },
            dataSource: { kind: "A", name: "" }
          }
        }
      }
    })
  ],
  [
    "pod",
    "nodes",
    {
      spec: {
        nodeSelector: { "a b": "c d", "beta.kubernetes.io/os": "x" },
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: "k", operator: "In" },
                    { key: "k", operator: "Gt", values: ["1", "2"] },
                    { key: "k", operator: "X" }
                  ],
                  matchFields: [{ key: "x", operator: "Exists" }]
                }
              ]
            },
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }]
          }
        }
      }
    }
  ],
  [
    "pod",
    "other pods",
    {
      spec: {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: "", namespaces: ["A"], matchLabelKeys: ["a"], mismatchLabelKeys: ["a"] }
            ]
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 101, podAffinityTerm: { topologyKey: "a b", labelSelector: { matchExpressions: [{ key: "", operator: "In" }] } } }
            ]
          }
        }
      }
    }
  ],
  [
    "pod",
    "no selector",
    {
      spec: {
        affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "z" }] } },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "beta.kubernetes.io/os", whenUnsatisfiable: "DoNotSchedule" }]
      }
    }
  ],
  [
    "pod",
    "spread",
    {
      spec: {
        topologySpreadConstraints: [
          { maxSkew: 0, topologyKey: "", whenUnsatisfiable: "X", minDomains: 0, nodeTaintsPolicy: "Y", matchLabelKeys: ["a"] },
          { maxSkew: 1, topologyKey: "", whenUnsatisfiable: "X", labelSelector: {} }
        ]
      }
    }
  ],
  [
    "pod",
    "tolerations",
    {
      spec: {
        tolerations: [
          { key: "a b" },
          { operator: "Equal" },
          { key: "a", operator: "Exists", value: "v", effect: "X" },
          { key: "a", operator: "Y", tolerationSeconds: 1 }
        ]
      }
    }
  ],
  [
    "pod",
    "gates",
    {
      spec: {
        nodeName: "n",
        schedulingGates: [{ name: "a b" }, { name: "a.b/c" }, { name: "a.b/c" }],
        readinessGates: [{ conditionType: "" }]
      }
    }
  ],
  ["pod", "names", { spec: { hostname: "A", subdomain: "b.c", serviceAccountName: "D", nodeName: "E", activeDeadlineSeconds: 0 } }],
  ["pod", "no such class", { spec: { priorityClassName: "none" } }],
  [
    "pod",
    "DNS",
    {
      spec: {
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["1.2.3", "1.1.1.01", "::FFFF:1.2.3.4", "1.1.1.1"], searches: ["A", "."], options: [{ value: "x" }] },
        hostAliases: [{ ip: "x", hostnames: ["_"] }]
      }
    }
  ],
  ["pod", "no DNS", { spec: { dnsPolicy: "None" } }],
  [
    "pod",
    "claims",
    {
      spec: {
        resourceClaims: [{ name: "a" }, { name: "a", resourceClaimName: "b", resourceClaimTemplateName: "C" }],
        containers: [{ ...container, resources: { claims: [{ name: "x" }, { name: "a" }, { name: "a" }] } }]
      }
    }
  ],
  [
    "pod",
    "resources of a pod",
    {
      spec: {
        resources: { limits: { cpu: "1", "ephemeral-storage": "1" }, requests: { cpu: "2" } },
        containers: [{ ...container, resources: { limits: { cpu: "3" } } }]
      }
    }
  ],
  [
    "pod",
    "Windows",
    {
      spec: {
        os: { name: "windows" },
        hostPID: true,
        securityContext: { runAsUser: 1, seLinuxOptions: {} },
        containers: [{ ...container, securityContext: { privileged: true, capabilities: {} } }]
      }
    }
  ],
  ["pod", "another system", { spec: { os: { name: "plan9" } } }],
  [
    "pod",
    "annotations",
    {
      metadata: {
        annotations: {
          "controller.kubernetes.io/pod-deletion-cost": "+1",
          "seccomp.security.alpha.kubernetes.io/pod": "x",
          "container.apparmor.security.beta.kubernetes.io/x": "y",
          "kubernetes.io/config.mirror": "m"
        }
      }
    }
  ],
  [
    "pod",
    "old annotations",
    {
      metadata: {
        name: "a.b",
        annotations: { "scheduler.alpha.kubernetes.io/critical-pod": "", "seccomp.security.alpha.kubernetes.io/pod": "unconfined" }
      }
    }
  ],
  [
    "podTemplate",
    "everything at its path",
    { template: { metadata: { labels: { a: "b c" } }, spec: { terminationGracePeriodSeconds: -1, containers: [{ name: "", image: "" }] } } }
  ],
  ["controller", "another selector", { spec: { selector: { a: "b" }, replicas: -1, minReadySeconds: -1 } }],
  ["deployment", "no selector", { spec: { selector: null, replicas: -1 } }],
  ["deployment", "an empty selector", { spec: { selector: { matchLabels: null } } }],
  ["deployment", "a selector that can't be", { spec: { selector: { matchExpressions: [{ key: "a", operator: "X" }] } } }],
  ["deployment", "a strategy", { spec: { strategy: { type: "X" } } }],
  ["deployment", "recreated, rolling", { spec: { strategy: { type: "Recreate", rollingUpdate: {} } } }],
  ["deployment", "shares", { spec: { strategy: { rollingUpdate: { maxUnavailable: "120%", maxSurge: "x" } } } }],
  ["deployment", "no room", { spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: "0%" } } } }],
  [
    "deployment",
    "a deadline",
    { spec: { progressDeadlineSeconds: 5, minReadySeconds: 5, template: { spec: { restartPolicy: "Never", activeDeadlineSeconds: 1 } } } }
  ],
  ["replicaSet", "an empty selector", { spec: { selector: { matchLabels: null } } }],
  ["daemonSet", "a strategy", { spec: { updateStrategy: { type: "X" }, revisionHistoryLimit: -1 } }],
  ["daemonSet", "both", { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } } } }],
  ["daemonSet", "neither", { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } }],
  [
    "statefulSet",
    "policies",
    {
      spec: {
        podManagementPolicy: "X",
        updateStrategy: { type: "OnDelete", rollingUpdate: { partition: 1 } },
        persistentVolumeClaimRetentionPolicy: { whenScaled: "Y" },
        ordinals: { start: -1 },
        serviceName: "A"
      }
    }
  ],
  [
    "statefulSet",
    "claims",
    {
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "d" }, spec: {} }],
        template: { spec: { containers: [{ ...container, volumeMounts: [{ name: "d", mountPath: "/d" }] }] } }
      }
    }
  ],
  ["statefulSet", "a host name", { metadata: { name: "a.b" }, spec: { revisionHistoryLimit: -1 } }],
  ["revision", "no data", { data: null, revision: -1 }],
  [
    "job",
    "always",
    { spec: { template: { spec: { restartPolicy: "Always" } }, parallelism: -1, backoffLimit: -1, ttlSecondsAfterFinished: -1 } }
  ],
  ["job", "by index", { spec: { completionMode: "Indexed", managedBy: "x", maxFailedIndexes: 1 } }],
  ["job", "not by index", { spec: { backoffLimitPerIndex: 1, successPolicy: { rules: [] } } }],
  [
    "job",
    "failures",
    {
      spec: {
        podFailurePolicy: {
          rules: [
            { action: "X", onExitCodes: { operator: "In", values: [2, 0, 2], containerName: "x" } },
            { action: "FailIndex", onPodConditions: [{ type: "", status: "Y" }] },
            {}
          ]
        },
        podReplacementPolicy: "TerminatingOrFailed"
      }
    }
  ],
  [
    "job",
    "success",
    {
      spec: {
        completionMode: "Indexed",
        completions: 3,
        successPolicy: {
          rules: [{}, { succeededIndexes: "0-1-2" }, { succeededIndexes: "1,0", succeededCount: 9 }, { succeededIndexes: "5" }]
        }
      }
    }
  ],
  ["job", "a selector of its own", { spec: { selector: { matchLabels: { a: "b" } } } }],
  ["cronJob", "seven fields", { spec: { schedule: "1 2 3 4 5 6 7" } }],
  ["cronJob", "out of bounds", { spec: { schedule: "60 * * * *" } }],
  ["cronJob", "backwards", { spec: { schedule: "* 9-5 * * *" } }],
  ["cronJob", "a word", { spec: { schedule: "* * * * someday" } }],
  ["cronJob", "no steps", { spec: { schedule: "*/0 * * * *" } }],
  ["cronJob", "an alias", { spec: { schedule: "@never" } }],
  ["cronJob", "a duration", { spec: { schedule: "@every 5" } }],
  ["cronJob", "a zone in the schedule", { spec: { schedule: "TZ=UTC 1 * * * *" } }],
  ["cronJob", "zones", { spec: { timeZone: "Mars/Olympus", concurrencyPolicy: "X", startingDeadlineSeconds: -1 } }],
  ["cronJob", "the zone of the machine", { spec: { timeZone: "Local" } }],
  [
    "cronJob",
    "a long name",
    { metadata: { name: "a".repeat(60) }, spec: { jobTemplate: { spec: { manualSelector: true, selector: { matchLabels: { a: "b" } } } } } }
  ]
]

const changed: ReadonlyArray<Row> = [
  ["pod", "an image", { spec: { containers: [{ ...container, image: "other" }] } }],
  ["pod", "a command", { spec: { containers: [{ ...container, command: ["x"] }], hostname: "h" } }],
  ["pod", "another container", { spec: { containers: [container, { name: "d", image: "d" }] } }],
  ["pod", "tolerations", { spec: { tolerations: [] } }],
  ["pod", "a deadline", { spec: { activeDeadlineSeconds: 5 } }],
  ["pod", "a gate", { spec: { schedulingGates: [{ name: "a.b/c" }] } }],
  ["pod", "a label", { metadata: { labels: { a: "b c" } } }],
  ["podTemplate", "a name", { template: { spec: { containers: [{ ...container, name: "A" }] } } }],
  ["controller", "a label", { spec: { template: { metadata: { labels: { app: "x" } } } } }],
  ["deployment", "the selector", { spec: { selector: { matchLabels: { app: "x" } }, template: { metadata: { labels: { app: "x" } } } } }],
  ["deployment", "warnings", { spec: { template: { spec: { nodeSelector: { "beta.kubernetes.io/arch": "x" } } } } }],
  ["daemonSet", "the selector", { spec: { selector: { matchLabels: { app: "x" } } } }],
  ["statefulSet", "the service", { spec: { serviceName: "x" } }],
  ["revision", "its data", { data: { a: 2 } }],
  ["job", "the template", { spec: { template: { spec: { containers: [{ ...container, image: "<x>" }] } } } }],
  ["job", "how it counts", { spec: { completionMode: "Indexed", completions: 2 } }],
  ["cronJob", "a schedule", { spec: { schedule: "x" } }]
]

const statuses: ReadonlyArray<Row> = [
  [
    "pod",
    "addresses",
    {
      status: {
        podIPs: [{ ip: "x" }, { ip: "1.1.1.1" }],
        hostIPs: [{ ip: "1.1.1.1" }],
        qosClass: "Guaranteed",
        conditions: [{ type: "a b", status: "True" }]
      }
    }
  ],
  ["deployment", "counts", { status: { replicas: 1, readyReplicas: 2, availableReplicas: 3, collisionCount: -1 } }],
  ["statefulSet", "counts", { status: { replicas: 1, currentReplicas: 2, availableReplicas: 1 } }],
  ["daemonSet", "counts", { status: { currentNumberScheduled: -1, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 } }],
  [
    "job",
    "conditions",
    {
      status: {
        conditions: [
          { type: "Complete", status: "True" },
          { type: "Failed", status: "True" }
        ],
        active: 1,
        completedIndexes: "0"
      }
    }
  ]
]

const merged = (name: keyof typeof kinds, patch: Body): unknown => {
  const whole = record(MergePatch.apply(kinds[name].object, patch))
  return { ...whole, metadata: { name: "n", ...record(patch["metadata"]) } }
}

const dry = { dryRun: "All" }

const patchOf = ([name, title, patch]: Row, subresource: string): readonly [string, KubeRequest] => [
  `${name}: ${title}`,
  { method: "PATCH", path: `${kinds[name].path}/w${subresource}`, query: dry, body: patch, contentType: patchTypes.merge }
]

/** By title; what is written over is created first. */
export const cases: Readonly<Record<string, KubeRequest>> = {
  ...Object.fromEntries(
    created.map(([name, title, patch]) => [
      `new ${name}: ${title}`,
      { method: "POST", path: kinds[name].path, query: dry, body: merged(name, patch) } as const
    ])
  ),
  ...Object.fromEntries(
    Object.entries(kinds).map(([name, { object, path }]) => [`stored ${name}`, { method: "POST", path, body: object } as const])
  ),
  ...Object.fromEntries(changed.map((row) => patchOf(row, ""))),
  ...Object.fromEntries(statuses.map((row) => patchOf(row, "/status")).map(([title, request]) => [`status of ${title}`, request]))
}
