/** The file that a container's log is in: a full one is put aside, and `kubectl logs` shows what came after (pkg/kubelet/logs). */
import type { Container, Instance } from "../Container.ts"
import { bits } from "../Draw.ts"

/** `containerLogMaxSize` */
const mostBytes = 10 * 1_048_576
/** `containerLogMonitorInterval` */
const periodMillis = 10_000
/** Time, stream and tag, before each line: the format of the container runtime interface. */
const headBytes = 41

export interface LogFile {
  /** When it was begun, milliseconds since the epoch. */
  readonly since: number
  readonly bytes: number
  /** When it held more than it may. */
  readonly fullAt: number | undefined
}

export const begun = (at: number): LogFile => ({ since: at, bytes: 0, fullAt: undefined })

/** The round with which the kubelet puts aside what was full by then. */
const roundAfter = (node: string, at: number): number =>
  at + periodMillis - ((at - (bits("log files", node, 0) % periodMillis)) % periodMillis)

/** The file after a line more: another one, when the one before was put aside meanwhile. */
export const longer = (file: LogFile, node: string, at: number, line: string): LogFile => {
  const next = file.fullAt === undefined ? undefined : roundAfter(node, file.fullAt)
  const { bytes, fullAt, since } = next !== undefined && at >= next ? begun(next) : file
  const sum = bytes + headBytes + Buffer.byteLength(line)
  return { since, bytes: sum, fullAt: fullAt ?? (sum > mostBytes ? at : undefined) }
}

/** From when on lines are in the present file. Those of ended containers stay where they are. */
export const since = ({ node }: Pick<Container, "node">, { endedAt, file }: Instance, now: number): number => {
  const next = file.fullAt === undefined ? Infinity : roundAfter(node, file.fullAt)
  return next <= Math.min(now, endedAt ?? Infinity) ? next : file.since
}
