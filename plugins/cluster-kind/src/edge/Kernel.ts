/** What the kernel of this machine says of itself, as text. */
import { readIfThereSync } from "@aiopslab/host/edge/Files"
import * as fs from "node:fs"
import * as os from "node:os"
import { gunzipSync } from "node:zlib"

export interface Kernel {
  /** `uname -r`. */
  readonly release: string
  /** /proc/meminfo. */
  readonly memory: string | undefined
  readonly inotifyWatches: string | undefined
  readonly inotifyInstances: string | undefined
  /** /proc/sys/net/ipv4/ip_local_port_range. */
  readonly portRange: string | undefined
  /** /proc/net/tcp. */
  readonly sockets: string | undefined
  /** How it was built: `CONFIG_…=y` on each line. */
  readonly config: string | undefined
  /** Whether programs can learn the kernel's types, as eBPF programs that move between kernels do. */
  readonly types: "there" | "absent"
}

const quiet = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const text = (file: string): string | undefined => quiet(() => readIfThereSync(file))

export const read = (): Kernel => ({
  release: os.release(),
  memory: text("/proc/meminfo"),
  inotifyWatches: text("/proc/sys/fs/inotify/max_user_watches"),
  inotifyInstances: text("/proc/sys/fs/inotify/max_user_instances"),
  portRange: text("/proc/sys/net/ipv4/ip_local_port_range"),
  sockets: text("/proc/net/tcp"),
  config: quiet(() => gunzipSync(fs.readFileSync("/proc/config.gz")).toString()) ?? text(`/boot/config-${os.release()}`),
  types: fs.existsSync("/sys/kernel/btf/vmlinux") ? "there" : "absent"
})
