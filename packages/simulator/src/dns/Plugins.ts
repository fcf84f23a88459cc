/**
 * The plugins of CoreDNS 1.12 in the order of its plugin.cfg, and what each is here. A plugin that is no more than known may be written into
 * a Corefile, and is without effect: questions pass it by.
 */

export type Part =
  /** Answers questions, or changes them on their way: `Chain.ts`. */
  | "answers"
  /** The process shows it: in its log, on a port, in how it ends or takes another Corefile. */
  | "process"
  /** Which answer comes doesn't hang on it: times, encodings, logs of single questions, the order of addresses. */
  | "same answers"
  /** It would answer otherwise, and doesn't here. */
  | "missing"

export const plugins: ReadonlyArray<readonly [name: string, part: Part]> = [
  ["root", "same answers"],
  ["metadata", "same answers"],
  ["geoip", "same answers"],
  ["cancel", "same answers"],
  ["tls", "same answers"],
  ["quic", "same answers"],
  ["timeouts", "same answers"],
  ["multisocket", "same answers"],
  ["reload", "process"],
  ["nsid", "same answers"],
  ["bufsize", "same answers"],
  ["bind", "process"],
  ["debug", "same answers"],
  ["trace", "same answers"],
  ["ready", "process"],
  ["health", "process"],
  ["pprof", "same answers"],
  ["prometheus", "process"],
  ["errors", "same answers"],
  ["log", "same answers"],
  ["dnstap", "same answers"],
  ["local", "same answers"],
  ["dns64", "same answers"],
  ["acl", "answers"],
  ["any", "same answers"],
  ["chaos", "same answers"],
  ["loadbalance", "same answers"],
  ["tsig", "missing"],
  ["cache", "same answers"],
  ["rewrite", "answers"],
  ["header", "same answers"],
  ["dnssec", "same answers"],
  ["autopath", "same answers"],
  ["minimal", "same answers"],
  ["template", "answers"],
  ["transfer", "same answers"],
  ["hosts", "answers"],
  ["route53", "missing"],
  ["azure", "missing"],
  ["clouddns", "missing"],
  ["k8s_external", "answers"],
  ["kubernetes", "answers"],
  ["file", "answers"],
  ["auto", "answers"],
  ["secondary", "missing"],
  ["etcd", "missing"],
  ["loop", "process"],
  ["forward", "answers"],
  ["grpc", "missing"],
  ["erratic", "missing"],
  ["whoami", "answers"],
  ["on", "same answers"],
  ["sign", "missing"],
  ["view", "answers"],
  ["nomad", "missing"]
]

export const names: ReadonlyArray<string> = plugins.map(([name]) => name)

export const known: ReadonlySet<string> = new Set(names)
