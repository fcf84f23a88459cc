/** What a container leaves behind to say why it ended (pkg/kubelet/kuberuntime). */
import type { Container } from "../Container.ts"
import { withEnd } from "../Container.ts"
import type { ContainerSpec } from "../Kinds.ts"
import type { World } from "../World.ts"
import * as Files from "./Files.ts"

const mostBytes = 4096
const mostLines = 80
const mostLogBytes = 2048

const endOfLog = ({ instance }: Container): string => {
  const lines: Array<string> = []
  for (let line = instance?.log; line !== undefined && lines.length < mostLines; line = line.before) lines.push(withEnd(line))
  return lines.reverse().join("").slice(-mostLogBytes)
}

export const of = (world: World, container: Container, spec: ContainerSpec, exitCode: number): string | undefined => {
  const written = Files.read(world, container, spec.terminationMessagePath ?? "/dev/termination-log")?.slice(0, mostBytes) ?? ""
  if (written !== "") return written
  const fallback = exitCode !== 0 && spec.terminationMessagePolicy === "FallbackToLogsOnError" ? endOfLog(container) : ""
  return fallback === "" ? undefined : fallback
}
