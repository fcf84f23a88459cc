import { assert, describe, it } from "@effect/vitest"
import * as Conversation from "@aiopslab/kubernetes/web/Conversation"

const bytes = (text: string) => new TextEncoder().encode(text)

const put = 'PUT /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{"é":1'
const chunked = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"

describe("HTTP in the bytes of a connection", () => {
  for (const [name, text, body] of [
    ["a length", put, '{"é":1'],
    ["chunks", chunked, "abcde"],
    ["no body", "GET / HTTP/1.1\r\n\r\n", ""]
  ] as const) {
    it(`with ${name} is whole at its last byte and not before; what follows is left`, () => {
      const whole = bytes(text)
      for (let length = 0; length < whole.length; length++) {
        assert.strictEqual(Conversation.read(whole.subarray(0, length))._tag, "Incomplete", String(length))
      }
      const read = Conversation.read(bytes(`${text}GET`))
      assert.strictEqual(read._tag, "Request")
      if (read._tag !== "Request") return
      assert.strictEqual(read.request.body, body)
      assert.strictEqual(new TextDecoder().decode(read.rest), "GET")
      assert.strictEqual(read.then, "keep")
    })
  }

  it("what is another protocol is seen at once", () => {
    for (const text of ["\u0016\u0003\u0001", "get / HTTP/1.1\r\n\r\n", "GET / FTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"]) {
      assert.strictEqual(Conversation.read(bytes(text))._tag, "Malformed", text)
    }
    assert.strictEqual(Conversation.read(bytes(`POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n`))._tag, "Malformed")
    assert.strictEqual(Conversation.read(bytes(`POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`))._tag, "Malformed")
  })

  it("HTTP/1.0 and `connection: close` end the connection", () => {
    for (const text of ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"]) {
      assert.deepInclude(Conversation.read(bytes(text)), { _tag: "Request", then: "close" }, text)
    }
  })

  it("the answer to a HEAD tells the length and has no body", () => {
    const reply = { code: 404, headers: { "content-type": "text/plain" }, body: "né" }
    const head = "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n"
    assert.strictEqual(new TextDecoder().decode(Conversation.written(reply, "HEAD", "keep")), head)
    assert.strictEqual(new TextDecoder().decode(Conversation.written(reply, "GET", "keep")), `${head}né`)
  })
})
