import { entry } from "./entry.ts"

export const cli = {
  USAGE_INVALID_FLAG: entry<{ readonly flag: string; readonly value: string; readonly expected: string }>({
    title: "A flag's value does not fit",
    blame: "usage",
    message: (d) => `--${d.flag} does not take "${d.value}": ${d.expected}.`,
    hint: () => "`--help` after a command shows its flags with examples.",
    example: { flag: "time-limit", value: "soon", expected: "a duration such as 500ms, 60s, 5m or 1h30m is expected" }
  }),
  RUN_TOO_MANY_TRIALS: entry<{
    readonly problems: number
    readonly agents: number
    readonly seeds: number
    readonly repeats: number
    readonly limit: number
  }>({
    title: "A run has too many trials",
    blame: "usage",
    message: (d) =>
      `${d.problems} problems × ${d.agents} agents × ${d.seeds} seeds × ${d.repeats} repeats are ${d.problems * d.agents * d.seeds * d.repeats} trials; the limit is ${d.limit}.`,
    hint: () => "Make several runs of it, each with an --out of its own.",
    example: { problems: 8, agents: 6, seeds: 10, repeats: 1_000, limit: 100_000 }
  }),
  USAGE_NOTHING_SELECTED: entry<{ readonly folders: ReadonlyArray<string> }>({
    title: "There are no problems",
    blame: "usage",
    message: (d) => `There are no problems in ${d.folders.join(", ")}.`,
    hint: () => "Name a YAML file, or a folder with --problems.",
    example: { folders: ["problems"] }
  }),
  RUN_NOT_FOUND: entry<{ readonly dir: string }>({
    title: "There is no such run",
    blame: "usage",
    message: (d) => `${d.dir} is not a run folder.`,
    hint: () => "A run prints its folder at the end; without --out it is below `runs`.",
    example: { dir: "runs/yesterday" }
  }),
  RUN_TRIAL_NOT_FOUND: entry<{ readonly dir: string; readonly trial: string; readonly known: ReadonlyArray<string> }>({
    title: "The run has no such trial",
    blame: "usage",
    message: (d) => `There is no trial "${d.trial}" in ${d.dir}.`,
    hint: (d) => `Its trials: ${d.known.slice(0, 10).join(", ")}${d.known.length > 10 ? ", …" : ""}.`,
    example: { dir: "runs/yesterday", trial: "noop", known: ["noop-hotel-reservation_nop_s0_r0"] }
  })
}
