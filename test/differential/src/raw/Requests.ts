/**
 * Requests that no client library would send: written byte by byte, so that nothing between us and the server mends them. `NAMESPACE` is
 * replaced by the namespace they are made in.
 */

import { texts } from "./Texts.ts"

export interface RawRequest {
  readonly name: string
  /** The first line and the headers, without those that every request has. */
  readonly head: ReadonlyArray<string>
  readonly body?: Buffer
  /** Compared as it is written; else as the value that it is. */
  readonly as?: "text"
  /** Asked before anything is compared, until both servers have what was defined. */
  readonly settles?: true
}

const collection = "/api/v1/namespaces/NAMESPACE/configmaps"
const json = "Content-Type: application/json"

const post = (name: string, body: string | Buffer, ...headers: ReadonlyArray<string>): RawRequest => {
  const bytes = Buffer.from(body)
  return {
    name,
    head: [`POST ${collection}?dryRun=All HTTP/1.1`, ...(headers.length > 0 ? headers : [json]), `Content-Length: ${bytes.length}`],
    body: bytes
  }
}

const get = (name: string, target: string, ...headers: ReadonlyArray<string>): RawRequest => ({
  name,
  head: [`GET ${target} HTTP/1.1`, ...headers]
})

const patch = (name: string, type: string, body: string): RawRequest => ({
  name,
  head: [
    `PATCH ${collection}/kept${type.includes("apply") ? "?fieldManager=raw" : ""} HTTP/1.1`,
    `Content-Type: application/${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`
  ],
  body: Buffer.from(body)
})

const configMap = (name: string, more = ""): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}${more}}`

const nested = (depth: number, open: string, inner: string, close: string): string => open.repeat(depth) + inner + close.repeat(depth)

const spaces = (bytes: number): string => " ".repeat(bytes)

const bodies: ReadonlyArray<RawRequest> = [
  post("nothing", ""),
  post("only spaces", "   \n"),
  post("cut short", configMap("cut").slice(0, -5)),
  post("a word", "hello"),
  post("a number", "7"),
  post("a text", '"text"'),
  post("null", "null"),
  post("true", "true"),
  post("a list", "[]"),
  post("a list of objects", `[${configMap("listed")}]`),
  post("an empty object", "{}"),
  post("a comma too many", configMap("comma").replace("}}", "},}")),
  post("single quotes", configMap("quotes").replaceAll('"', "'")),
  post("a comment", `// comment\n${configMap("comment")}`),
  post("two objects", configMap("one") + configMap("two")),
  post("words behind it", `${configMap("behind")} behind`),
  post("NaN", configMap("nan", ',"data":{"a":NaN}')),
  post("a number of a thousand digits", configMap("digits", `,"data":{"a":${"9".repeat(1_000)}}`)),
  post("a great exponent", configMap("exponent", ',"immutable":1e999')),
  post("the same key twice", configMap("twice", ',"data":{"a":"1","a":"2"}')),
  post("a byte order mark", `\uFEFF${configMap("mark")}`),
  post("a zero byte", configMap("zero\\u0000")),
  post("a raw zero byte", configMap("zero\0")),
  post("a lone surrogate", configMap("surrogate", ',"data":{"a":"\\ud800"}')),
  post(
    "broken UTF-8",
    Buffer.concat([
      Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"utf"},"data":{"a":"'),
      Buffer.of(0xff, 0xfe),
      Buffer.from('"}}')
    ])
  ),
  post("a raw line feed in a text", configMap("feed", ',"data":{"a":"x\ny"}')),
  post("prototype's keys", configMap("prototype", ',"data":{"__proto__":"a","constructor":"b"}')),
  post("__proto__ as a field", configMap("proto-field", ',"__proto__":{"data":{"a":"b"}}')),
  post("capital field names", configMap("capital").replace("apiVersion", "APIVersion")),
  post("lists a hundred deep", configMap("hundred", `,"data":${nested(100, "[", "", "]")}`)),
  post("lists ten thousand deep", configMap("thousands", `,"data":${nested(9_990, "[", "", "]")}`)),
  post("lists a hundred thousand deep", configMap("deep", `,"data":${nested(100_000, "[", "", "]")}`)),
  post("objects ten thousand deep", configMap("objects", `,"data":${nested(9_990, '{"a":', "1", "}")}`)),
  post("objects a hundred thousand deep", configMap("deeper", `,"data":${nested(100_000, '{"a":', "1", "}")}`)),
  post("an unknown field, deep", configMap("unknown", `,"unknown":${nested(5_000, '{"a":', "1", "}")}`)),
  post("just below the limit", `${configMap("below")}${spaces(3_145_728 - configMap("below").length)}`),
  post("just above the limit", `${configMap("above")}${spaces(3_145_729 - configMap("above").length)}`),
  post("a megabyte of text", configMap("megabyte", `,"data":{"a":"${"x".repeat(1_048_577)}"}`)),
  post("ten thousand keys", configMap("keys", `,"data":{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":"v"`).join(",")}}`)),
  post(
    "ten thousand labels",
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"labels","labels":{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":"v"`).join(",")}}}}`
  ),
  post("YAML as JSON", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\n"),
  post("YAML", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\n", "Content-Type: application/yaml"),
  post("YAML, cut short", "apiVersion: v1\nkind: [", "Content-Type: application/yaml"),
  post(
    "YAML with an alias",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: &m\n  name: alias\n  labels: {a: b}\ndata: {x: y}\n",
    "Content-Type: application/yaml"
  ),
  post(
    "YAML, two documents",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: second}\n",
    "Content-Type: application/yaml"
  ),
  post("protobuf that is none", "k8s\0nonsense", "Content-Type: application/vnd.kubernetes.protobuf"),
  post("no content type", configMap("untyped"), "X-Nothing: here"),
  post("an unknown content type", configMap("odd"), "Content-Type: text/plain"),
  post("a broken content type", configMap("odd-type"), "Content-Type: ;;;"),
  post("a charset", configMap("charset"), "Content-Type: application/json; charset=utf-8"),
  post("another charset", configMap("latin"), "Content-Type: application/json; charset=latin1"),
  post("gzipped, it says", configMap("gzipped"), json, "Content-Encoding: gzip"),
  {
    name: "chunked",
    head: [`POST ${collection}?dryRun=All HTTP/1.1`, json, "Transfer-Encoding: chunked"],
    body: Buffer.from(`${configMap("chunked").length.toString(16)}\r\n${configMap("chunked")}\r\n0\r\n\r\n`)
  },
  {
    name: "chunks that are none",
    head: [`POST ${collection}?dryRun=All HTTP/1.1`, json, "Transfer-Encoding: chunked"],
    body: Buffer.from("zz\r\nnonsense\r\n0\r\n\r\n")
  },
  { name: "a length that is none", head: [`POST ${collection}?dryRun=All HTTP/1.1`, json, "Content-Length: many"] },
  { name: "a negative length", head: [`POST ${collection}?dryRun=All HTTP/1.1`, json, "Content-Length: -7"] },
  {
    name: "expecting to go on",
    head: [`POST ${collection}?dryRun=All HTTP/1.1`, json, "Expect: 100-continue", `Content-Length: ${configMap("expecting").length}`],
    body: Buffer.from(configMap("expecting"))
  }
]

const patches: ReadonlyArray<RawRequest> = [
  "json-patch+json",
  "merge-patch+json",
  "strategic-merge-patch+json",
  "apply-patch+yaml"
].flatMap((type) => [
  patch(`${type}: nothing`, type, ""),
  patch(`${type}: cut short`, type, '{"data":'),
  patch(`${type}: null`, type, "null"),
  patch(`${type}: a number`, type, "7"),
  patch(`${type}: a list`, type, "[]"),
  patch(`${type}: a list of numbers`, type, "[1]"),
  patch(`${type}: an object`, type, "{}"),
  patch(`${type}: deep`, type, `{"data":${nested(9_990, '{"a":', "1", "}")}}`),
  patch(`${type}: very deep`, type, `{"data":${nested(100_000, '{"a":', "1", "}")}}`),
  patch(`${type}: with __proto__`, type, '{"data":{"__proto__":"polluted"}}')
])

const operations = (count: number): string =>
  JSON.stringify(Array.from({ length: count }, () => ({ op: "add", path: "/data/a", value: "b" })))

const targets: ReadonlyArray<RawRequest> = [
  patch("json-patch+json: ten thousand operations", "json-patch+json", operations(10_000)),
  patch("json-patch+json: ten thousand and one", "json-patch+json", operations(10_001)),
  patch("json-patch+json: an unknown operation", "json-patch+json", '[{"op":"jump","path":"/data"}]'),
  patch("json-patch+json: an odd path", "json-patch+json", '[{"op":"add","path":"data","value":{}}]'),
  patch("json-patch+json: into the prototype", "json-patch+json", '[{"op":"add","path":"/__proto__/polluted","value":"yes"}]'),
  patch(
    "json-patch+json: copies that grow",
    "json-patch+json",
    JSON.stringify([
      { op: "add", path: "/data/a", value: "x".repeat(1000) },
      ...Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "/data", path: `/data/c${i}` }))
    ])
  ),
  get("a percent sign", "/api/v1/namespaces/NAMESPACE/configmaps/%"),
  get("a broken escape", "/api/v1/namespaces/NAMESPACE/configmaps/%zz"),
  get("broken UTF-8 in the path", "/api/v1/namespaces/NAMESPACE/configmaps/%ff"),
  get("an escaped slash", "/api/v1/namespaces/NAMESPACE/configmaps/a%2Fb"),
  get("an escaped zero", "/api/v1/namespaces/NAMESPACE/configmaps/a%00b"),
  get("two slashes", "/api/v1//namespaces/NAMESPACE/configmaps"),
  get("a way up", "/api/v1/namespaces/NAMESPACE/configmaps/../secrets"),
  get("an escaped way up", "/api/v1/namespaces/NAMESPACE/configmaps/%2e%2e/secrets"),
  get("a slash at the end", "/api/v1/namespaces/NAMESPACE/configmaps/"),
  get("a name of a thousand letters", `/api/v1/namespaces/NAMESPACE/configmaps/${"a".repeat(1_000)}`),
  get("ten thousand letters", `/api/v1/namespaces/NAMESPACE/configmaps/${"a".repeat(10_000)}`),
  get("a broken query", "/api/v1/namespaces/NAMESPACE/configmaps?%zz=1&limit=%"),
  get("a semicolon in the query", "/api/v1/namespaces/NAMESPACE/configmaps?limit=1;watch=1"),
  get("an odd limit", "/api/v1/namespaces/NAMESPACE/configmaps?limit=many"),
  get("a negative limit", "/api/v1/namespaces/NAMESPACE/configmaps?limit=-1"),
  get("a huge limit", "/api/v1/namespaces/NAMESPACE/configmaps?limit=99999999999999999999"),
  get("an odd selector", "/api/v1/namespaces/NAMESPACE/configmaps?labelSelector=%28%28%28"),
  get(
    "a long selector",
    `/api/v1/namespaces/NAMESPACE/configmaps?labelSelector=${Array.from({ length: 500 }, (_, i) => `a${i}!%3Db`).join(",")}`
  ),
  get("an odd field selector", "/api/v1/namespaces/NAMESPACE/configmaps?fieldSelector=%3D%3D"),
  get("an odd continue", "/api/v1/namespaces/NAMESPACE/configmaps?continue=nonsense"),
  get("an odd version", "/api/v1/namespaces/NAMESPACE/configmaps?resourceVersion=-1"),
  get("a version to come", "/api/v1/namespaces/NAMESPACE/configmaps?resourceVersion=99999999999&timeoutSeconds=1"),
  get("an odd wish", "/api/v1/namespaces/NAMESPACE/configmaps", "Accept: image/png"),
  get("a broken wish", "/api/v1/namespaces/NAMESPACE/configmaps", "Accept: ;;;"),
  get(
    "a wish for protobuf alone",
    "/api/v1/namespaces/NAMESPACE/configmaps/kept",
    "Accept: application/vnd.kubernetes.protobuf;as=Nonsense"
  ),
  get("a body with a GET", "/api/v1/namespaces/NAMESPACE/configmaps/kept", "Content-Length: 2"),
  get("an upgrade of nothing", "/api/v1/namespaces/NAMESPACE/configmaps/kept", "Connection: Upgrade", "Upgrade: nonsense"),
  get("an upgrade without a key", "/api/v1/namespaces/NAMESPACE/pods/none/exec?command=a", "Connection: Upgrade", "Upgrade: websocket"),
  get("a long header", "/api/v1/namespaces/NAMESPACE/configmaps/kept", `X-Long: ${"x".repeat(10_000)}`),
  get("another token", "/version", "Authorization: Bearer nonsense"),
  { name: "an unknown method", head: ["BREW /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1"] },
  { name: "HEAD", head: ["HEAD /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1"] },
  { name: "OPTIONS", head: ["OPTIONS /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1"] },
  { name: "TRACE", head: ["TRACE /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1"] },
  {
    name: "POST to an object",
    head: ["POST /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1", json, "Content-Length: 2"],
    body: Buffer.from("{}")
  },
  {
    name: "PUT to a list",
    head: ["PUT /api/v1/namespaces/NAMESPACE/configmaps HTTP/1.1", json, "Content-Length: 2"],
    body: Buffer.from("{}")
  },
  {
    name: "DELETE with nonsense",
    head: ["DELETE /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.1", json, "Content-Length: 8"],
    body: Buffer.from("nonsense")
  },
  { name: "HTTP/1.0", head: ["GET /api/v1/namespaces/NAMESPACE/configmaps/kept HTTP/1.0"] },
  { name: "a version of HTTP that is none", head: ["GET /version HTTP/7.7"] },
  { name: "no protocol", head: ["nonsense"] }
]

export const requests: ReadonlyArray<RawRequest> = [...bodies, ...patches, ...targets, ...texts]
