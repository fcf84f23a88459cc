/** The components of the cluster that write its objects, by the users that they are on a real one. */
import type { Identity } from "@aiopslab/core/Kubernetes"

const masters: ReadonlyArray<string> = ["system:masters"]

export const controllers: Identity = { user: "system:kube-controller-manager", groups: masters }

export const scheduler: Identity = { user: "system:kube-scheduler", groups: masters }

export const kubelet: Identity = { user: "system:node:kubelet", groups: masters }

export const apiserver: Identity = { user: "system:apiserver", groups: masters }

const byComponent: Readonly<Record<string, Identity>> = { kubelet, "default-scheduler": scheduler }

/** Who records an event that names this component as its source. */
export const ofSource = (component: string): Identity => byComponent[component] ?? controllers
