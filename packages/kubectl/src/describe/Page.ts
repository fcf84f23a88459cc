/** Text of `kubectl describe`: lines with tab-terminated cells, indented by level, aligned as one page. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import * as Fields from "../Fields.ts"
import { align, describeLayout } from "../output/Tabs.ts"

export class Page {
  private readonly parts: Array<string> = []

  /** A line of cells at a level of two spaces each. */
  line(level: number, ...cells: ReadonlyArray<string>): void {
    this.parts.push(`${"  ".repeat(level)}${cells.join("\t")}\n`)
  }

  /** A line that is one cell and `:`, then its values. */
  field(level: number, name: string, value: string): void {
    this.line(level, `${name}:`, value)
  }

  /** Text as it is. */
  text(text: string): void {
    this.parts.push(text)
  }

  /** Name, namespace where there is one, labels and annotations of an object. */
  head(object: KubeObject): void {
    this.field(0, "Name", object.metadata.name)
    if (object.metadata.namespace !== undefined) this.field(0, "Namespace", object.metadata.namespace)
  }

  labels(object: KubeObject): void {
    this.map(0, "Labels", Fields.record(object, "metadata", "labels"))
  }

  annotations(object: KubeObject): void {
    const { "kubectl.kubernetes.io/last-applied-configuration": _, ...shown } = Fields.record(object, "metadata", "annotations")
    this.map(0, "Annotations", shown, ": ")
  }

  /** `Labels:\ta=b\n\tc=d`, or `<none>`. */
  map(level: number, name: string, map: Fields.Fields, join: "=" | ": " = "="): void {
    const pairs = Fields.sorted(map)
    if (pairs.length === 0) return this.field(level, name, "<none>")
    const lines = pairs.map(([key, value]) => annotation(key, String(value), join))
    for (const [index, line] of lines.entries()) this.line(level, index === 0 ? `${name}:` : "", line)
  }

  raw(): string {
    return this.parts.join("")
  }

  toString(): string {
    return align(this.raw(), describeLayout)
  }
}

/** Annotations that do not fit on a line stand below it. */
const maxAnnotation = 140

const annotation = (key: string, value: string, join: "=" | ": "): string => {
  if (join === "=") return `${key}=${value}`
  const trimmed = value.replace(/\n$/u, "")
  if (trimmed.length + key.length + 2 <= maxAnnotation && !trimmed.includes("\n")) return `${key}: ${trimmed}`
  return `${key}:\n${trimmed
    .split("\n")
    .map((line) => `\t  ${line.slice(0, maxAnnotation - 2)}${line.length > maxAnnotation - 2 ? "..." : ""}`)
    .join("\n")}`
}
