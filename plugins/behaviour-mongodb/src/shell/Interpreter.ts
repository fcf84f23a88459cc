/**
 * JavaScript for code that an agent wrote: QuickJS in WebAssembly, with limits on memory, stack and steps, and no clock or randomness but
 * what its host gives. The shell's prelude is evaluated once; then the machine's memory is kept, and every evaluation starts from that
 * copy. So evaluations cannot see each other, whatever they did, and starting one costs a copy of a third of a megabyte.
 */
import { labError, type LabError } from "@aiopslab/core/LabError"
import * as Effect from "effect/Effect"
import * as QuickJS from "quickjs-emscripten-core"
import { collection } from "../prelude/Collection.ts"
import { database } from "../prelude/Database.ts"
import { shell } from "../prelude/Shell.ts"
import { types } from "../prelude/Types.ts"

/** Node's types leave it out, and the ones of browsers bring too much. */
declare const WebAssembly: { readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory }

interface Memory {
  readonly buffer: ArrayBuffer
}

/** What the code may call. */
export interface Host {
  /** A command on a database and its reply, as extended JSON. */
  readonly run: (db: string, command: string) => string
  readonly print: (text: string) => void
  readonly quit: (code: number) => void
  readonly md5: (text: string) => string
  readonly objectId: () => string
  readonly uuid: () => string
  readonly now: () => number
  readonly random: () => number
  readonly hostname: () => string
  readonly address: () => string
}

/** Why an evaluation stopped. `text` is the error as a string; `stack` is the interpreter's. */
export type Outcome =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Quit" }
  | {
      readonly _tag: "Thrown"
      readonly text: string
      readonly name: string
      readonly message: string
      readonly stack: string
      readonly frames: ReadonlyArray<string>
    }

/** One run of the shell: its evaluations share globals, and end with it. */
export interface Run {
  /** Evaluates a script and prints its value as the prompt does. */
  readonly evaluate: (source: string, file: string) => Outcome
  /** Evaluates without printing the value: a script file. */
  readonly execute: (source: string, file: string) => Outcome
}

export interface Interpreter {
  readonly run: <A>(host: Host, body: (run: Run) => A) => A
}

/** The machine's whole memory, in pages of 64 KiB. QuickJS' own limit counts nothing in this build: it cannot ask how large a block is. */
const pages = { initial: 256, maximum: 640 }
const stackBytes = 256 * 1024
/** QuickJS asks every 10,000 branches: this is about a second of a busy loop. */
const interruptPolls = 3000
/** What a call of the host counts against that budget: 20,000 commands use it up. */
const pollsOfCall = 0.15
/** So many characters given to the host count as one poll: 16 million of them, printed or stored, use the budget up. */
const charactersOfPoll = 5_500

const describe = (context: QuickJS.QuickJSContext, error: QuickJS.QuickJSHandle, describer: QuickJS.QuickJSHandle): Outcome => {
  const result = context.callFunction(describer, context.undefined, error)
  // the budget is used up, so not even the description can run
  if (result.error !== undefined) {
    return { _tag: "Thrown", text: "InternalError: interrupted", name: "InternalError", message: "interrupted", stack: "", frames: [] }
  }
  const found: {
    readonly quit?: boolean
    readonly text?: string
    readonly name?: string
    readonly message?: string
    readonly stack?: string
    readonly frames?: ReadonlyArray<string>
  } = JSON.parse(context.getString(result.value))
  if (found.quit === true) return { _tag: "Quit" }
  return {
    _tag: "Thrown",
    text: found.text ?? "",
    name: found.name ?? "",
    message: found.message ?? "",
    stack: found.stack ?? "",
    frames: found.frames ?? []
  }
}

const page = 4_096
/** WebAssembly's page: memory is a whole number of them. */
const block = 16 * page
const empty = Buffer.alloc(block)

/** A stretch of the machine's memory. */
interface Stretch {
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * What the machine's memory holds, without the empty pages: most of them are stack. A page that is empty here may be dirty when the
 * memory is restored; it belongs to nothing then, for the allocator's own books are restored too.
 */
const stretches = ({ buffer }: Memory): ReadonlyArray<Stretch> => {
  const all = Buffer.from(buffer)
  const isEmpty = (offset: number, length: number): boolean => all.compare(empty, 0, length, offset, offset + length) === 0
  const out: Array<Stretch> = []
  let begin: number | undefined
  const close = (end: number): void => {
    if (begin !== undefined) out.push({ offset: begin, bytes: Uint8Array.from(all.subarray(begin, end)) })
    begin = undefined
  }
  for (let offset = 0; offset < all.length; offset += page) {
    if (!isEmpty(offset, page)) begin ??= offset
    else {
      close(offset)
      if (offset % block === 0 && isEmpty(offset, block)) offset += block - page
    }
  }
  close(all.length)
  return out
}

export const make = (module: QuickJS.QuickJSWASMModule): Interpreter => {
  let host: Host | undefined
  let polls = 0
  const runtime = module.newRuntime()
  runtime.setMaxStackSize(stackBytes)
  runtime.setInterruptHandler(() => ++polls > interruptPolls)
  const context = runtime.newContext()
  const offered = context.newObject()
  const offer = (
    name: string,
    of: (host: Host, ...args: ReadonlyArray<QuickJS.QuickJSHandle>) => QuickJS.QuickJSHandle | undefined
  ): void => {
    const handle = context.newFunction(name, (...args) => {
      polls += pollsOfCall
      // the interpreter itself asks too seldom to stop code that does nothing but call
      if (polls > interruptPolls) return { error: context.newError({ name: "InternalError", message: "interrupted" }) }
      return host === undefined ? undefined : of(host, ...args)
    })
    context.setProp(offered, name, handle)
    handle.dispose()
  }
  const textAt = (args: ReadonlyArray<QuickJS.QuickJSHandle>, index: number): string => {
    const handle = args[index]
    const text = handle === undefined ? "" : context.getString(handle)
    polls += text.length / charactersOfPoll
    return text
  }
  const numberAt = (args: ReadonlyArray<QuickJS.QuickJSHandle>, index: number): number => {
    const handle = args[index]
    return handle === undefined ? 0 : context.getNumber(handle)
  }
  offer("run", (of, ...args) => context.newString(of.run(textAt(args, 0), textAt(args, 1))))
  offer("print", (of, ...args) => {
    of.print(textAt(args, 0))
    return undefined
  })
  offer("quit", (of, ...args) => {
    of.quit(numberAt(args, 0))
    return undefined
  })
  offer("md5", (of, ...args) => context.newString(of.md5(textAt(args, 0))))
  offer("objectId", (of) => context.newString(of.objectId()))
  offer("uuid", (of) => context.newString(of.uuid()))
  offer("hostname", (of) => context.newString(of.hostname()))
  offer("address", (of) => context.newString(of.address()))
  offer("now", (of) => context.newNumber(of.now()))
  offer("random", (of) => context.newNumber(of.random()))
  context.setProp(context.global, "__host", offered)
  for (const source of [types, database, collection, shell]) context.unwrapResult(context.evalCode(source, "prelude")).dispose()
  const printer = context.getProp(context.global, "shellPrint")
  const describer = context.getProp(context.global, "__describe")
  // these handles are made on first use and would point into a later memory
  for (const constant of [context.undefined, context.null, context.true, context.false]) context.typeof(constant)
  const memory: Memory = module.getWasmMemory()
  const image = stretches(memory)

  const evaluate = (source: string, file: string, print: "print" | "silent"): Outcome => {
    const result = context.evalCode(source, file)
    if (result.error !== undefined) return describe(context, result.error, describer)
    if (print === "silent") return { _tag: "Done" }
    const printed = context.callFunction(printer, context.undefined, result.value)
    return printed.error === undefined ? { _tag: "Done" } : describe(context, printed.error, describer)
  }
  return {
    run: (given, body) => {
      const present = new Uint8Array(memory.buffer)
      for (const { bytes, offset } of image) present.set(bytes, offset)
      host = given
      polls = 0
      return body({
        evaluate: (source, file) => evaluate(source, file, "print"),
        execute: (source, file) => evaluate(source, file, "silent")
      })
    }
  }
}

/** The interpreter of this process: WebAssembly compiles asynchronously, steps are synchronous, so it is loaded ahead of them. */
const loaded: { interpreter?: Interpreter } = {}

export const current = (): Interpreter | undefined => loaded.interpreter

type Variant = Parameters<typeof QuickJS.newVariant<QuickJS.QuickJSSyncVariant>>[0]

/** The package's types are of its CommonJS form, where the default export lies one deeper than in the module that is loaded. */
const variantOf = (imported: { readonly default: Variant | { readonly default: Variant } }): Variant =>
  "default" in imported.default ? imported.default.default : imported.default

export const prepare: Effect.Effect<void, LabError> = Effect.suspend(() =>
  loaded.interpreter !== undefined
    ? Effect.void
    : Effect.tryPromise({
        try: () =>
          import("@jitl/quickjs-wasmfile-release-sync").then((imported) =>
            QuickJS.newQuickJSWASMModuleFromVariant(QuickJS.newVariant(variantOf(imported), { wasmMemory: new WebAssembly.Memory(pages) }))
          ),
        catch: (cause) =>
          labError("PLUGIN_LOAD_FAILED", {
            plugin: "@aiopslab/behaviour-mongodb",
            why: `QuickJS did not load: ${String(cause)}`,
            working: []
          })
      }).pipe(
        Effect.map((module) => {
          loaded.interpreter ??= make(module)
        })
      )
)
