/** The processes of a node as a container sees them that shares its namespace of processes. */
import { readdirSync, readFileSync } from "node:fs"

/** A process may end while it is read. */
const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}

/** Of all the namespaces that it is in, the innermost's. */
const innermost = (status: string): number => Number(/^NSpid:.*?(\d+)\s*$/mu.exec(status)?.[1])

/** The first process of a container, by the id that its control groups are named after; `at` is where the processes are listed. */
export const firstOf = (container: string, at = "/proc"): number | undefined => {
  const pids = readdirSync(at)
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => read(`${at}/${pid}/cgroup`).includes(container))
    .toSorted((one, other) => one - other)
  // containers that share their pod's namespace of processes have no process 1
  return pids.find((pid) => innermost(read(`${at}/${pid}/status`)) === 1) ?? pids[0]
}
