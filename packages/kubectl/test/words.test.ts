/** What kubectl 1.34 prints of maps whose keys are numbers, and what it refuses. */
import { admin, type KubeRequest } from "@aiopslab/core/Kubernetes"
import * as Kubectl from "@aiopslab/kubectl/Kubectl"
import { at } from "@aiopslab/kubernetes/Json"
import { jsonText } from "@aiopslab/kubernetes/server/JsonText"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"

const configMap = "create cm c --from-literal=10=x --from-literal=2=y --from-literal=a=z --from-literal=-b=w --dry-run=client -o"
const run = "run x --image=y --dry-run=client -o name"
const budget = "create pdb p --min-available=1 --dry-run=client -o"
/** The order of the whole is not looked at here. */
const data = `
    "data": {
        "-b": "w",
        "10": "x",
        "2": "y",
        "a": "z"
    }
}
`

const printed: ReadonlyArray<readonly [line: string, text: string]> = [
  [`${configMap} json`, data],
  [`${configMap} yaml`, 'apiVersion: v1\ndata:\n  -b: w\n  "2": "y"\n  "10": x\n  a: z\nkind: ConfigMap\nmetadata:\n  name: c\n'],
  [`${configMap} jsonpath={.data}`, '{"-b":"w","10":"x","2":"y","a":"z"}'],
  [`${configMap} go-template={{.data}}{{range~.data}}{{.}}{{end}}`, "map[-b:w 10:x 2:y a:z]wxyz"],
  [
    "create deployment d --image=x --save-config --dry-run=client -o json",
    `{
    "kind": "Deployment",
    "apiVersion": "apps/v1",
    "metadata": {
        "name": "d",
        "labels": {
            "app": "d"
        },
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": ${JSON.stringify(
              '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d","labels":{"app":"d"}},"spec":{"replicas":1,' +
                '"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},' +
                '"spec":{"containers":[{"name":"x","image":"x","resources":{}}]}},"strategy":{}},"status":{}}\n'
            )}
        }
    },
    "spec": {
        "replicas": 1,
        "selector": {
            "matchLabels": {
                "app": "d"
            }
        },
        "template": {
            "metadata": {
                "labels": {
                    "app": "d"
                }
            },
            "spec": {
                "containers": [
                    {
                        "name": "x",
                        "image": "x",
                        "resources": {}
                    }
                ]
            }
        },
        "strategy": {}
    },
    "status": {}
}
`
  ],
  [
    "create rolebinding b --role=r --user=u --dry-run=client -o jsonpath={.subjects}",
    '[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"u"}]'
  ],
  [
    "run x --image=z --port=80 --expose --dry-run=client -o yaml",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  ports:\n  - port: 80\n    protocol: TCP\n    targetPort: 80\n" +
      "  selector:\n    run: x\nstatus:\n  loadBalancer: {}\n---\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    run: x\n" +
      "  name: x\nspec:\n  containers:\n  - image: z\n    name: x\n    ports:\n    - containerPort: 80\n    resources: {}\n" +
      "  dnsPolicy: ClusterFirst\n  restartPolicy: Always\nstatus: {}\n"
  ],
  [`${run} --labels=foo`, "error: unexpected label spec: foo\n"],
  [`${run} --labels==v`, "error: unexpected empty label key\n"],
  [`${run} --labels=a=b=c`, "error: unexpected label spec: a=b=c\n"],
  [`${run} --env=FOO`, "error: invalid env: FOO\n"],
  [`${run} --env==v`, "error: invalid env: =v\n"],
  [`${run} --env=1A=v`, "error: invalid env: 1A=v\n"],
  [
    "run x --image=y --dry-run=client -o jsonpath={.spec.containers[0].env} --env=A= --env=B=c=d",
    '[{"name":"A"},{"name":"B","value":"c=d"}]'
  ],
  [
    `${budget} jsonpath={.spec.selector} --selector=a in (y,x),b notin (z),c,!d,e=f`,
    '{"matchExpressions":[{"key":"a","operator":"In","values":["x","y"]},{"key":"b","operator":"NotIn","values":["z"]},' +
      '{"key":"c","operator":"Exists"},{"key":"d","operator":"DoesNotExist"}],"matchLabels":{"e":"f"}}'
  ],
  [`${budget} name --selector=a=b,c!=d`, 'error: "!=" is not a valid label selector operator\n'],
  [`${budget} name --selector=a>1`, 'error: "gt" isn\'t supported in label selectors\n'],
  [
    `${budget} name --selector=bad(`,
    "error: couldn't parse the selector string \"bad(\": unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt\n"
  ]
]

/** Words are parted by blanks, but for a selector, which is the last one; `~` stands for a blank within a word. */
const argvOf = (line: string): ReadonlyArray<string> => {
  const [words = "", selector] = line.split(" --selector=")
  return [...words.split(" ").map((word) => word.replaceAll("~", " ")), ...(selector === undefined ? [] : [`--selector=${selector}`])]
}

describe("kubectl", () => {
  for (const [line, text] of printed) {
    it.effect(`${line} prints what the real one does`, () =>
      Effect.gen(function* () {
        const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
        const kubectl = yield* Kubectl.make(api)
        const { stderr, stdout } = yield* kubectl.run({ argv: argvOf(line), namespace: "default" })
        if (text === data) assert.include(stdout, text)
        else assert.strictEqual(`${stdout}${stderr}`, text)
      })
    )
  }

  it.effect("a request takes no longer than it may", () =>
    Effect.gen(function* () {
      const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
      const isSlow = ({ method, path }: KubeRequest) => path.includes("/configmaps") && (method === "GET" || method === "POST")
      const slow = { ...api, request: (request: KubeRequest) => Effect.delay(api.request(request), isSlow(request) ? 2_000 : 0) }
      const kubectl = yield* Kubectl.make(slow)
      const ran = (line: string) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(kubectl.run({ argv: line.split(" "), namespace: "default" }), { startImmediately: true })
          yield* TestClock.adjust("10 seconds")
          const { exitCode, stderr, stdout } = yield* Fiber.join(fiber)
          return [stdout + stderr, exitCode]
        })
      const why = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
      assert.deepStrictEqual(yield* ran("get cm c --request-timeout=1"), [`Unable to connect to the server: ${why}\n`, 1])
      assert.deepStrictEqual(yield* ran("get cm c --request-timeout=3s"), ['Error from server (NotFound): configmaps "c" not found\n', 1])
      assert.deepStrictEqual(yield* ran("create cm c --request-timeout=1.5s"), [
        `error: failed to create configmap: Post "https://kubernetes.default.svc/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict&timeout=1.5s": ${why}\n`,
        1
      ])
      assert.deepStrictEqual(yield* ran("create cm c --request-timeout=-1s"), ["configmap/c created\n", 0])
      const invalid =
        "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n"
      for (const wrong of ["abc", "1.5", "-1", "1d", "5S"]) {
        assert.deepStrictEqual(yield* ran(`get cm --request-timeout=${wrong}`), [invalid, 1])
        assert.deepStrictEqual((yield* ran(`version --client --request-timeout=${wrong}`))[1], 0)
        assert.deepStrictEqual(yield* ran(`config current-context --request-timeout=${wrong}`), ["cluster\n", 0])
      }
    })
  )

  it.effect("a raw watch streams until its time is up", () =>
    Effect.gen(function* () {
      const kubectl = yield* Kubectl.make(Server.make({ host: yield* MemoryHost.make() }).api(admin))
      const argv = ["get", "--raw", "/api/v1/namespaces?watch=1", "--request-timeout=2s"]
      const fiber = yield* Effect.forkChild(kubectl.run({ argv, namespace: "default" }), { startImmediately: true })
      yield* TestClock.adjust("2 seconds")
      const { exitCode, stderr, stdout } = yield* Fiber.join(fiber)
      const heard = stdout
        .trimEnd()
        .split("\n")
        .map((event) => [at(JSON.parse(event), "type"), at(JSON.parse(event), "object", "metadata", "name")])
      assert.deepStrictEqual(
        heard,
        ["default", "kube-node-lease", "kube-public", "kube-system"].map((name) => ["ADDED", name])
      )
      assert.deepStrictEqual(
        [exitCode, stderr],
        [1, "error: net/http: request canceled (Client.Timeout or context cancellation while reading body)\n"]
      )
    })
  )
})

describe("the API server's JSON", () => {
  it("lists the keys of maps as texts", () => {
    const data = { a: "z", 2: 'y {"1":', 10: [{ 3: null, 1: undefined }] }
    assert.strictEqual(jsonText("/x", { kind: "b", data }), '{"kind":"b","data":{"10":[{"3":null}],"2":"y {\\"1\\":","a":"z"}}\n')
  })
})
