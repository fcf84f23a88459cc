/** What is drawn for a container's figures: the same for whoever looks at them. */
import type { Noise } from "@aiopslab/telemetry/ContainerSeries"
import type { Container } from "../Container.ts"
import { hashOf, mix, uniform } from "./Hash.ts"

/** `seedAt`: the world's seed at a moment. */
export const noiseOf = ({ name, pod }: Pick<Container, "name" | "pod">, seedAt: (at: number) => string): Noise => {
  const own = hashOf(`${pod}/${name}`)
  return (metric, at) => uniform(mix(mix(mix(hashOf(seedAt(at)), own), hashOf(metric)), Math.floor(at / 1000)))
}
