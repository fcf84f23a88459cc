import { didYouMean, entry } from "./entry.ts"

export const workload = {
  WORKLOAD_UNKNOWN_OPERATION: entry<{
    readonly workload: string
    readonly operation: string
    readonly app: string
    readonly known: ReadonlyArray<string>
    readonly nearest?: string | undefined
  }>({
    title: "A workload asks for an operation that the application doesn't have",
    blame: "usage",
    message: (d) =>
      `Workload "${d.workload}" mixes the operation "${d.operation}", which app "${d.app}" doesn't have.${didYouMean(d.nearest)}`,
    hint: (d) => `Operations of ${d.app}: ${d.known.join(", ") || "none"}.`,
    example: { workload: "http-mix", operation: "hotel", app: "hotel-reservation", known: ["hotels", "user"], nearest: "hotels" }
  }),
  WORKLOAD_EMPTY_MIX: entry<{ readonly workload: string }>({
    title: "A workload whose operations all have weight 0",
    blame: "usage",
    message: (d) => `Workload "${d.workload}" would send nothing: no operation of its mix has a weight above 0.`,
    hint: () => "Give at least one operation of `mix` a positive weight, or leave the workload out.",
    example: { workload: "http-mix" }
  })
}
