/**
 * What a trial can leave on a node that no object of Kubernetes shows: rules of the packet filter, queueing disciplines, interfaces that
 * packets are led through, processes. Read as
 * text in the node's container; compared without what changes by itself (counters, the order of rules, programs that come and go).
 */

/** Printed by a shell in the node: each line with the part that it is of. Containers' processes are their pods', so they are left out. */
export const script = [
  "iptables-save 2>/dev/null | sed 's/^/ip4 /'",
  "ip6tables-save 2>/dev/null | sed 's/^/ip6 /'",
  "tc qdisc show | sed 's/^/tc /'",
  "for t in vxlan ifb; do ip -o link show type $t; done 2>/dev/null | sed 's/^/ln /'",
  'for f in $(grep -L kubepods /proc/[0-9]*/cgroup 2>/dev/null); do read -r c <"${f%cgroup}comm" && echo "ps $c"; done 2>/dev/null',
  // a process that ended meanwhile is no failure
  "true"
].join("\n")

/** Sorted sentences; equal lists, equal states. */
export type NodeState = ReadonlyArray<string>

/** What an interface has that nobody shapes. */
const plain: ReadonlySet<string> = new Set(["noqueue", "mq", "pfifo_fast", "pfifo", "fq_codel", "fq"])

/** Programs of the node, of kind and of this reading itself that run for a moment; and shims, of which each pod has one. */
const passing =
  /^$|^(sh|bash|sed|cat|grep|ps|tc|sleep|runc.*|kitrunc|exe|ctr|crictl|containerd-shim.*|ip|ip6?tables.*|xtables.*|conntrack|mount|umount|\(.*\)|systemd-.*|kmod|modprobe|du|df|find|logrotate)$/u

const filterLine = (family: string, table: string, line: string): string | undefined =>
  line.startsWith("#") || line === "COMMIT" || line === "" ? undefined : `${family} ${table} ${line.replace(/\s*\[\d+:\d+\]/u, "")}`

const queueLine = (line: string): string | undefined => {
  const [, kind = ""] = line.split(/\s+/u)
  return plain.has(kind) ? undefined : line.replace(/ refcnt \d+/u, "").trim()
}

const linkLine = (line: string): string => `interface ${/^\d+: ([^:@]+)/u.exec(line)?.[1] ?? line}`

/** The state that a node's output tells of. */
export const parse = (text: string): NodeState => {
  const found = new Set<string>()
  let table = ""
  for (const raw of text.split("\n")) {
    const space = raw.indexOf(" ")
    const [part, line] = [raw.slice(0, space), raw.slice(space + 1).trim()]
    if (part === "ip4" || part === "ip6") {
      if (line.startsWith("*")) table = line.slice(1)
      else found.add(filterLine(part, table, line) ?? "")
    } else if (part === "tc") found.add(queueLine(line) ?? "")
    else if (part === "ln") found.add(linkLine(line))
    else if (part === "ps" && !passing.test(line)) found.add(`process ${line}`)
  }
  found.delete("")
  return [...found].toSorted()
}

/** What has come and what has gone, a sentence each. */
export const differences = (node: string, before: NodeState, after: NodeState): ReadonlyArray<string> => {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...after.filter((line) => !old.has(line)).map((line) => `${node}: ${line} is new`),
    ...before.filter((line) => !now.has(line)).map((line) => `${node}: ${line} is gone`)
  ]
}
