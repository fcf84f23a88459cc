/** The columns of metrics.k8s.io, as metrics-server prints them. */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { at, print, records } from "../Json.ts"
import * as Quantity from "../Quantity.ts"
import type { Column } from "./Column.ts"
import { name, path, text } from "./Column.ts"

const quantity = (name: string, cell: (object: KubeObject) => string): Column => ({ ...text(name, cell), format: "quantity" })

const window: Column = { ...text("Window", path("", "window")), format: "duration" }

const ofContainers = (resource: string) => (object: KubeObject) =>
  records(object["containers"])
    .map((container) => print(at(container, "usage", resource)))
    .reduce(Quantity.add)

export const pods: ReadonlyArray<Column> = [name, quantity("cpu", ofContainers("cpu")), quantity("memory", ofContainers("memory")), window]

const ofNode = (resource: string) => (object: KubeObject) => print(at(object, "usage", resource))

export const nodes: ReadonlyArray<Column> = [name, quantity("cpu", ofNode("cpu")), quantity("memory", ofNode("memory")), window]
