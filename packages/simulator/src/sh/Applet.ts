/**
 * The tools a container's own scripts use, worded as busybox 1.35 words them. Each is one pure call; what takes time says so and is
 * waited for by the machine.
 */

export interface Call {
  readonly argv: ReadonlyArray<string>
  readonly stdin: string
  readonly env: Readonly<Record<string, string>>
  readonly file: (path: string) => string | undefined
  readonly list: (directory: string) => ReadonlyArray<string>
  /** Gives what stands in the way. */
  readonly write: (path: string, text: string | undefined) => string | undefined
  readonly cwd: string
  readonly hostname: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Ran {
  readonly _tag: "Ran"
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export type Answer =
  | Ran
  /** Goes on as another command. */
  | { readonly _tag: "Run"; readonly argv: ReadonlyArray<string>; readonly env: Readonly<Record<string, string>> }
  | { readonly _tag: "Sleep"; readonly millis: number }
  | { readonly _tag: "Forever" }
  /** `home` undefined: says nothing to who connects. */
  | { readonly _tag: "Serve"; readonly port: number; readonly home: string | undefined; readonly then: "forever" | "return" }
  | { readonly _tag: "Fetch"; readonly url: URL; readonly body: string | undefined; readonly show: (text: string) => Ran }
  | { readonly _tag: "Dial"; readonly host: string; readonly port: number }
  /** Takes memory until there is none left. */
  | { readonly _tag: "Fill" }

export type Applet = (call: Call) => Answer

export const ran = (status: number, stdout = "", stderr = ""): Ran => ({ _tag: "Ran", status, stdout, stderr })

export const absolute = (cwd: string, path: string): string => {
  const out: Array<string> = []
  for (const segment of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (segment === "..") out.pop()
    else if (segment !== "" && segment !== ".") out.push(segment)
  }
  return `/${out.join("/")}`
}

export const operands = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.slice(1).filter((word) => !word.startsWith("-") || word === "-")

/** As text tools read: the last line may lack its end. */
export const lines = (text: string): ReadonlyArray<string> => (text === "" ? [] : text.replace(/\n$/u, "").split("\n"))

export const inputOf = (call: Call, path: string | undefined): string | undefined =>
  path === undefined || path === "-" ? call.stdin : call.file(absolute(call.cwd, path))

export const isFolder = (call: Call, path: string): boolean => path === "/" || call.list(path).length > 0

export const exists = (call: Call, path: string): boolean => call.file(path) !== undefined || isFolder(call, path)
