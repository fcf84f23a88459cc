/** The command line of `mongo`, as 4.4 reads it. */
export interface Arguments {
  readonly host: string
  readonly port: number
  /** As given, without a default: the banner shows it. */
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly authenticationDatabase?: string
  readonly quiet: boolean
  readonly evals: ReadonlyArray<string>
  readonly files: ReadonlyArray<string>
  readonly nodb: boolean
  readonly show?: "help" | "version"
}

const withValue: Readonly<Record<string, string>> = {
  "-u": "user",
  "--username": "user",
  "-p": "password",
  "--password": "password",
  "--authenticationDatabase": "authenticationDatabase",
  "--host": "host",
  "--port": "port",
  "--eval": "eval",
  "--authenticationMechanism": "ignored",
  "--networkMessageCompressors": "ignored"
}
const flags = new Set([
  "--quiet",
  "--shell",
  "--norc",
  "--verbose",
  "--ipv6",
  "--disableImplicitSessions",
  "--retryWrites",
  "--tls",
  "--ssl",
  "--tlsAllowInvalidCertificates",
  "--nodb"
])

const decoded = (text: string): string => {
  // malformed percent signs stay as they are
  return text.replace(/(%[0-9a-fA-F]{2})+/gu, (run) =>
    new TextDecoder().decode(Uint8Array.from(run.slice(1).split("%"), (two) => parseInt(two, 16)))
  )
}

/** `mongodb://user:password@host:port/db?authSource=…`, `host/db`, `host:port/db` or a database's name. */
const address = (text: string): Partial<Arguments> => {
  const uri = /^mongodb:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/u.exec(text)
  const plain = uri === null ? /^(?:([^/]+)\/)?([^/]*)$/u.exec(text) : undefined
  const [hostText, database] = uri === null ? [plain?.[1], plain?.[2]] : [uri[3], uri[4]]
  const [host, port] = (hostText ?? "").split(":")
  const source = /(?:^|&)authSource=([^&]*)/u.exec(uri?.[5] ?? "")?.[1]
  return {
    ...(host === undefined || host === "" ? {} : { host }),
    ...(port === undefined || port === "" ? {} : { port: Number(port) }),
    ...(database === undefined || database === "" ? {} : { database }),
    ...(uri?.[1] === undefined ? {} : { user: decoded(uri[1]) }),
    ...(uri?.[2] === undefined ? {} : { password: decoded(uri[2]) }),
    ...(source === undefined ? {} : { authenticationDatabase: source })
  }
}

const isScript = (text: string): boolean => text.endsWith(".js")

/** The arguments, or the message that mongo prints about them. */
export const parse = (argv: ReadonlyArray<string>): Arguments | string => {
  const values: Record<string, string> = {}
  const evals: Array<string> = []
  const positional: Array<string> = []
  let quiet = false
  let nodb = false
  let show: Arguments["show"]
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i] ?? ""
    const equals = argument.startsWith("--") ? argument.indexOf("=") : -1
    const name = equals < 0 ? argument : argument.slice(0, equals)
    const glued = equals < 0 && /^-[up]./u.test(argument) && !argument.startsWith("--")
    const key = glued ? withValue[argument.slice(0, 2)] : withValue[name]
    if (key !== undefined) {
      const value = equals >= 0 ? argument.slice(equals + 1) : glued ? argument.slice(2) : argv[++i]
      if (value === undefined) return `the required argument for option '${name}' is missing`
      if (key === "eval") evals.push(value)
      else values[key] = value
    } else if (name === "--help" || name === "-h") show = "help"
    else if (name === "--version") show = "version"
    else if (flags.has(name)) {
      quiet ||= name === "--quiet"
      nodb ||= name === "--nodb"
    } else if (argument.startsWith("-") && argument !== "-") return `unrecognised option '${argument}'`
    else positional.push(argument)
  }
  const [first] = positional
  const addressed = first === undefined || isScript(first) ? {} : address(first)
  return {
    host: "127.0.0.1",
    port: 27017,
    quiet,
    nodb,
    evals,
    files: addressed === undefined || (first !== undefined && isScript(first)) ? positional : positional.slice(1),
    ...addressed,
    ...(values.host === undefined ? {} : address(`${values.host}/`)),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.user === undefined ? {} : { user: values.user }),
    ...(values.password === undefined ? {} : { password: values.password }),
    ...(values.authenticationDatabase === undefined ? {} : { authenticationDatabase: values.authenticationDatabase }),
    ...(show === undefined ? {} : { show })
  }
}
