/**
 * just-bash, loaded so that the globals it uses for time and chance are those of `Senses`. A module hook puts an import in front of each of
 * its modules, in a copy of its own (`?aiopslab`): neither the process's globals nor anybody else's just-bash is touched. The hook belongs to
 * the thread that loads this module.
 */
import { createRequire, registerHooks } from "node:module"
import { impersonated, wayBack, within } from "./Senses.ts"

type JustBash = typeof import("just-bash")

const mark = "?aiopslab"
const own = "aiopslab-shell:"
const globals = `${own}globals`
const justBashModule = `${own}just-bash`

/** just-bash takes its timers off `globalThis`, in one module; elsewhere it means the real one. */
const takesTimers = "globalThis.setTimeout"

/** What its main module gets different: special variables that it lacks, and a word about browsers that scripts have no use for. */
const changes: ReadonlyArray<readonly [original: string, changed: string]> = [
  [
    'case"RANDOM":return',
    'case"EPOCHSECONDS":return String(Math.floor(Date.now()/1e3));case"EPOCHREALTIME":return(Date.now()/1e3).toFixed(6);' +
      'case"SRANDOM":return String(Math.floor(Math.random()*4294967296));case"RANDOM":return'
  ],
  ['"RANDOM","SECONDS",', '"RANDOM","SECONDS","EPOCHSECONDS","EPOCHREALTIME","SRANDOM",'],
  ["command not available in browser environments. Exclude '${t}' from your commands or use the Node.js bundle.", "command not found"]
]

const names = Object.keys(impersonated)

/** The only text of ours that the interpreter sees. Whoever binds first in a thread binds for all: there may be several copies of this module. */
const globalsModule = `let bound;export let ${names.join()};export const bind=(given)=>{if(!bound){bound=given;({${names.join()}}=given.globals)}return bound}`

const byLocale = ".localeCompare("

/** What stands before it in the interpreter: a name with members, or a `String(…)`. */
const compared = /(?:String\([^()]*\)|[\w$]+(?:\.[\w$]+|\[\w+\])*)$/u

const withoutLocale = (url: string, source: string): string => {
  const [first = "", ...rest] = source.split(byLocale)
  return rest.reduce((before, after) => {
    const left = compared.exec(before.slice(-40))?.[0]
    if (left === undefined) throw new Error(`just-bash is another than we know: it compares by locale in ${url}`)
    return `${before.slice(0, -left.length)}compareText(${left},${after}`
  }, first)
}

const altered = (url: string, original: string): string => {
  const source = withoutLocale(url, original)
  const taken = names.filter((name) => name !== "globalThis" || source.includes(takesTimers))
  const text = `import{${taken.join()}}from"${globals}";${source}`
  if (!url.endsWith(`/index.js${mark}`)) return text
  const changed = changes.reduce((whole, [before, after]) => {
    if (whole.split(before).length !== 2) throw new Error(`just-bash is another than we know: no single ${before} in it`)
    return whole.replace(before, () => after)
  }, text)
  return `${changed};export{Date as boundDate}`
}

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string =>
  typeof source === "string" ? source : new TextDecoder().decode(source)

const register = (): void => {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier.startsWith(`${own}entry-`) || specifier === globals) return { url: specifier, format: "module", shortCircuit: true }
      if (specifier === justBashModule) {
        const found = next("just-bash", { ...context, parentURL: import.meta.url, conditions: ["node", "import"] })
        return { ...found, url: `${found.url}${mark}` }
      }
      const found = next(specifier, context)
      const inherits = context.parentURL?.endsWith(mark) === true && specifier.startsWith(".")
      return inherits ? { ...found, url: `${found.url}${mark}` } : found
    },
    load: (url, context, next) => {
      if (url === globals) return { format: "module", source: globalsModule, shortCircuit: true }
      if (url.startsWith(`${own}entry-`)) {
        return { format: "module", source: `export*from"${own}${url.slice(`${own}entry-`.length)}"`, shortCircuit: true }
      }
      const loaded = next(url, context)
      return url.endsWith(mark) ? { ...loaded, source: altered(url, textOf(loaded.source)) } : loaded
    }
  })
}

// `require` because it loads in one go, and because test runners put their own loader in place of `import()`
const require = createRequire(import.meta.url)

interface Bound {
  readonly globals: typeof impersonated
  readonly within: typeof within
  readonly wayBack: typeof wayBack
}

interface Globals {
  readonly bind: (given: Bound) => Bound
}

/** A second hook would put the imports there twice: only where nobody answers to the name yet is there one to register. */
const globalsHooked = (): Globals => {
  try {
    return require(`${own}entry-globals`)
  } catch {
    register()
    return require(`${own}entry-globals`)
  }
}

export interface Interpreter extends Omit<Bound, "globals"> {
  /** Whatever it has must be called `within` the senses of a script. */
  readonly justBash: JustBash
}

let loaded: Interpreter | undefined

const load = (): Interpreter => {
  const bound = globalsHooked().bind({ globals: impersonated, within, wayBack })
  const justBash: JustBash & { readonly boundDate: unknown } = require(`${own}entry-just-bash`)
  if (justBash.boundDate !== bound.globals.Date) throw new Error("just-bash runs on the machine's clock: the module hook did not take")
  return { justBash, within: bound.within, wayBack: bound.wayBack }
}

export const interpreter = (): Interpreter => (loaded ??= load())

export { start } from "./Stopwatch.ts"
