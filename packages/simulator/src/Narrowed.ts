import type { KubeObject } from "@aiopslab/core/Kubernetes"

/**
 * An object of the store as the kind it is. It has passed the server's validation and defaulting, or was written by a controller;
 * so this is safe, and used in Kinds.ts and PolicyKinds.ts only.
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server validated it, or a controller wrote it
export const narrowed = <K extends KubeObject>(object: KubeObject): K => object as K
