/** Refusals whose words depend on how the real server reads: a body as JSON, a patch's result as text or as a map. Recorded on kube-apiserver 1.34. */
import { admin, patchTypes } from "@aiopslab/core/Kubernetes"
import * as GoTime from "@aiopslab/kubernetes/GoTime"
import * as MemoryHost from "@aiopslab/kubernetes/MemoryHost"
import * as Server from "@aiopslab/kubernetes/Server"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const path = "/api/v1/namespaces/default/configmaps"
const one = { metadata: { name: "one", labels: { app: "web" } }, data: { plain: "text" } }

const served = Effect.gen(function* () {
  const api = Server.make({ host: yield* MemoryHost.make() }).api(admin)
  yield* api.request({ method: "POST", path, body: one })
  return api
})

const refused = (method: "POST" | "PUT" | "PATCH", to: string, body: unknown, contentType = "application/json") =>
  Effect.gen(function* () {
    const api = yield* served
    const { code, message } = yield* Effect.flip(api.request({ method, path: to, body, contentType }))
    return `${code} ${message}`
  })

const masked = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "TIME")
    .replaceAll(/(resourceVersion\\":\\")\d+/g, "$1RV")

describe("what can't be read is refused in the real server's words", () => {
  it.effect("the text of a merge patch's result: what the patch opened by name, the rest as Go declares it", () =>
    Effect.gen(function* () {
      const text = masked(yield* refused("PATCH", `${path}/one`, { data: { plain: [] } }, patchTypes.merge))
      assert.strictEqual(
        text,
        String.raw`422  "" is invalid: patch: Invalid value: "{\"apiVersion\":\"v1\",\"data\":{\"plain\":[]},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"one\",\"namespace\":\"default\",\"uid\":\"UID\",\"resourceVersion\":\"RV\",\"creationTimestamp\":\"TIME\",\"labels\":{\"app\":\"web\"},\"managedFields\":[{\"manager\":\"unknown\",\"operation\":\"Update\",\"apiVersion\":\"v1\",\"time\":\"TIME\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\".\":{},\"f:plain\":{}},\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app\":{}}}}}]}}": json: cannot unmarshal array into Go struct field ConfigMap.data of type string`
      )
    })
  )

  it.effect("a strategic patch's result is converted, not decoded, and the patch is printed", () =>
    Effect.gen(function* () {
      const patch = (body: unknown) => refused("PATCH", `${path}/one`, body, patchTypes.strategic)
      const head = '422  "" is invalid: patch: Invalid value: '
      assert.strictEqual(
        yield* patch({ metadata: { labels: { a: 7 } } }),
        `${head}"map[metadata:map[labels:map[a:7]]]": cannot convert int64 to string`
      )
      assert.strictEqual(
        yield* patch({ metadata: { labels: [], annotations: null } }),
        `${head}"map[metadata:map[annotations:<nil> labels:[]]]": cannot restore map from slice`
      )
    })
  )

  it.effect("a value that reads itself ends the reading, whatever was wrong before it", () =>
    Effect.gen(function* () {
      const event = { metadata: { name: 7 }, involvedObject: {}, firstTimestamp: "" }
      assert.strictEqual(
        yield* refused("POST", "/api/v1/namespaces/default/events", event),
        `400 Event in version "v1" cannot be handled as a Event: parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"`
      )
    })
  )

  it.effect("an update has to name its object, and a version that is one", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* refused("PUT", `${path}/one`, { data: {} }),
        "400 the name of the object (one based on URL) was undeterminable: name must be provided"
      )
      assert.strictEqual(
        yield* refused("PUT", `${path}/one`, { metadata: { name: "one", resourceVersion: "odd" } }),
        '500 strconv.ParseUint: parsing "odd": invalid syntax'
      )
    })
  )

  it.effect("an update of what is not there makes it where the kind lets it", () =>
    Effect.gen(function* () {
      const api = yield* served
      const made = (plural: string) =>
        api.request({ method: "PUT", path: `/api/v1/namespaces/default/${plural}/new`, body: { metadata: { name: "new" } } })
      assert.strictEqual((yield* made("limitranges")).code, 201)
      assert.strictEqual((yield* Effect.flip(made("configmaps"))).code, 404)
    })
  )

  it("a time is told by the part that does not fit", () => {
    const layout = `"2006-01-02T15:04:05Z07:00"`
    assert.strictEqual(GoTime.failure("2019-01-01T00:00:00Z", "time"), undefined)
    assert.strictEqual(GoTime.failure("2020-02-29T00:00:00.5+01:00", "time"), undefined)
    assert.strictEqual(GoTime.failure("2019-02-29T00:00:00Z", "time"), 'parsing time "2019-02-29T00:00:00Z": day out of range')
    assert.strictEqual(GoTime.failure("2019-13-01T00:00:00Z", "time"), 'parsing time "2019-13-01T00:00:00Z": month out of range')
    assert.strictEqual(GoTime.failure("2019-01-01", "time"), `parsing time "2019-01-01" as ${layout}: cannot parse "" as "T"`)
    assert.strictEqual(GoTime.failure("2019-01-01T00:00:00Zx", "time"), 'parsing time "2019-01-01T00:00:00Zx": extra text: "x"')
    assert.match(GoTime.failure("2019-01-01T00:00:00Z", "microTime") ?? "", /cannot parse "Z" as "\.000000"$/)
  })
})
