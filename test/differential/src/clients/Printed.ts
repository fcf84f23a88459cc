/** What a client printed, without what differs between two servers by nature. */

const suffix = "[bcdfghjklmnpqrstvwxz2456789]"

type Replacements = ReadonlyArray<readonly [RegExp, string]>

/** Where a server is, and when something happened. */
const placeAndTime: Replacements = [
  [/https:\/\/127\.0\.0\.1:\d+/g, "<server>"],
  [/127\.0\.0\.1:\d+/g, "<server>"],
  // klog's head: level and date, time, process, line
  [/^([EWIF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm, "$1<time> "],
  [/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "<time>"],
  [/20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4})?( UTC)?/g, "<time>"],
  [
    /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (\d\d )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ \d\d:\d\d:\d\d( [+-]\d{4})?( 20\d\d)?/g,
    "<time>"
  ],
  // tables are as wide as their widest cell
  [/(AGE|LAST SEEN|FIRST SEEN) +/g, "$1 "],
  [/(?<=[\s(=]|^)((\d+d)?(\d+h)?(\d+m)?\d+s|[2-9]m)(?=[\s),]|$) */gm, "<age> "],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<token>"]
]

/** What a server makes up. */
const madeUp: Replacements = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>"],
  [/\b(resourceVersion\\?"?: ?\\?"?)\d+/g, "$1<resourceVersion>"],
  [/(Resource ?Version:\s+)\d+/g, "$1<resourceVersion>"],
  [/(resource version to be \d+, was )\d+/g, "$1<resourceVersion>"],
  [/(kubectl-edit)-\d+/g, "$1-<number>"],
  [/(LIVE|MERGED)-\d+/g, "$1-<number>"],
  // tables are as wide as their widest cell
  [/\b10\.96\.(?!0\.1\b)\d+\.\d+ */g, "<address> "],
  [/CLUSTER-IP +/g, "CLUSTER-IP "],
  [new RegExp(`\\b(node-debugger-[\\w-]+|debugger)-${suffix}{5}\\b`, "g"), "$1-<suffix>"],
  [/\b3[0-2]\d{3}(\/(TCP|UDP))/g, "<port>$1"],
  [/((nodePort|NodePort)\S* +(<unset> +)?)3[0-2]\d{3}/g, "$1<port>"]
]

const replaced = (printed: string, by: Replacements): string =>
  by.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), printed).replaceAll(/ +$/gm, "")

/**
 * The server sorts managers by the second of their last change, so that an order of two that wrote within one second depends on where
 * the second began.
 */
const sorted = (printed: string): string =>
  printed.replaceAll(/(?<=^ {2}managedFields:\n)(?: {2}- .*\n(?: {4}.*\n)*)+/gm, (managers) =>
    managers
      .split(/^(?= {2}- )/m)
      .toSorted()
      .join("")
  )

/** Of one server twice: it makes up the same. */
export const anyTime = (printed: string): string => sorted(replaced(printed, placeAndTime))

const all: Replacements = [...madeUp, ...placeAndTime]

/** The addresses of services have no common width, nor have the columns behind them. */
export const normal = (printed: string): string =>
  /\bCLUSTER-IP\b|PARENTREF|\bUPDATED\b/.test(printed) ? replaced(printed, all).replaceAll(/[ \t]+/g, " ") : sorted(replaced(printed, all))
