import { didYouMean, entry } from "./entry.ts"

export const runtime = {
  TIME_STALLED: entry<{ readonly seconds: number }>({
    title: "A trial waits for something that will never come",
    blame: "defect",
    message: (d) => `After ${d.seconds} s of the trial's time nothing could run, nothing slept and nothing of the real world was held.`,
    hint: () => "Some component waits for real work (a socket, a process, a timer) outside `WallClock.hold`.",
    example: { seconds: 60 }
  }),
  TRIAL_PHASE_TIMEOUT: entry<{ readonly phase: string; readonly seconds: number }>({
    title: "A phase of a trial took too long",
    blame: "environment",
    message: (d) => `Phase "${d.phase}" was not done after ${d.seconds} s.`,
    hint: () => "`spec.deadlines` of the problem raises the bounds of the phases.",
    example: { phase: "install", seconds: 600 }
  }),
  TRIAL_DEFECT: entry<{ readonly phase: string; readonly why: string }>({
    title: "A component broke its contract",
    blame: "defect",
    message: (d) => `Phase "${d.phase}" died: ${d.why}`,
    hint: () =>
      "This is a bug in a plugin or in the framework, not in the agent: please report it with the record, which holds what led to it.",
    example: { phase: "fault", why: "TypeError: undefined is not a function" }
  }),
  TRIAL_UNHEALTHY: entry<{ readonly when: string; readonly why: string }>({
    title: "The application does not serve its users",
    blame: "environment",
    message: (d) => `Traffic is not healthy ${d.when}: ${d.why}.`,
    hint: () => "Nothing is held against the agent. Look at the pods and their logs.",
    example: { when: "before the fault", why: "hotels: 12 of 340 requests failed" }
  }),
  TRIAL_NOT_RESTORED: entry<{ readonly differences: ReadonlyArray<string> }>({
    title: "The environment is not as it was before the fault",
    blame: "environment",
    message: (d) =>
      `After recovery ${d.differences.length} difference${d.differences.length === 1 ? "" : "s"} to the baseline remained: ${d.differences.slice(0, 3).join("; ")}${d.differences.length > 3 ? "; …" : ""}.`,
    hint: () => "The cluster is discarded, or has to be repaired by hand: the record lists every difference.",
    example: { differences: ["deployments.apps/test-hotel-reservation/geo: missing"] }
  }),
  TRIAL_INTERRUPTED: entry<Record<never, never>>({
    title: "The run was interrupted",
    blame: "environment",
    message: () => "The trial was interrupted; its faults were recovered.",
    hint: () => "The same command with the same --out runs it again.",
    example: {}
  }),
  RUN_OTHER_COMMAND: entry<{ readonly dir: string }>({
    title: "The run folder belongs to another command",
    blame: "usage",
    message: (d) => `${d.dir} holds a run of other problems, agents, seeds or settings.`,
    hint: () => "Resuming needs the same command; choose another --out for a new run.",
    example: { dir: "runs/today" }
  }),
  RUN_IN_PROGRESS: entry<{ readonly dir: string; readonly pid: number }>({
    title: "The run is still going on",
    blame: "usage",
    message: (d) => `Process ${d.pid} is running trials in ${d.dir}.`,
    hint: () => "Wait for it, interrupt it, or choose another --out.",
    example: { dir: "runs/today", pid: 4711 }
  }),
  RUN_FOLDER_UNREADABLE: entry<{ readonly path: string; readonly why: string }>({
    title: "A file of a run cannot be read or written",
    blame: "usage",
    message: (d) => `${d.path}: ${d.why}.`,
    hint: () => "Check that the folder is a run of this version and that you may write there.",
    example: { path: "runs/today/run.json", why: "permission denied" }
  }),
  RUN_WORKER_CRASHED: entry<{ readonly why: string }>({
    title: "A worker thread crashed",
    blame: "environment",
    message: (d) => `The worker thread that ran this trial is gone: ${d.why}.`,
    hint: () => "Other trials went on. Out of memory? Try a smaller -j.",
    example: { why: "exit code 1" }
  }),
  PLUGIN_CONFIG_INVALID: entry<{ readonly kind: string; readonly name: string; readonly why: string }>({
    title: "A component's configuration is wrong",
    blame: "usage",
    message: (d) => `The ${d.kind} "${d.name}" does not take this configuration: ${d.why}`,
    hint: () => "`aiopslab plugins list` shows what each component takes.",
    example: { kind: "agent", name: "process", why: 'Missing key at ["command"]' }
  }),
  SELECTOR_UNKNOWN: entry<{ readonly selector: string; readonly nearest?: string | undefined }>({
    title: "A selector names nothing",
    blame: "usage",
    message: (d) => `No problem, classic id or suite is named "${d.selector}".${didYouMean(d.nearest)}`,
    hint: () => "`aiopslab problems list` shows them; a path must end in .yaml or .yml.",
    example: { selector: "revoke-auth-mongodb-gei", nearest: "revoke-auth-mongodb-geo" }
  }),
  PROBLEM_DUPLICATE_NAME: entry<{ readonly name: string; readonly other: string }>({
    title: "Two manifests have the same name",
    blame: "usage",
    message: (d) => `The name "${d.name}" is also that of ${d.other}.`,
    hint: () => "Names of problems and suites are unique among all that are loaded: change one of them.",
    example: { name: "pod-failure-hotel-res", other: "problems/aiopslab/pod-failure-hotel-res.yaml" }
  }),
  PROBLEM_DUPLICATE_ID: entry<{ readonly id: string; readonly other: string }>({
    title: "Two tasks have the same id",
    blame: "usage",
    message: (d) => `The id "${d.id}" is also that of a task in ${d.other}.`,
    hint: () => "An id names one task of one problem: change one of them.",
    example: { id: "revoke_auth_mongodb-detection-1", other: "problems/aiopslab/revoke-auth-mongodb-geo.yaml" }
  }),
  RECOVERY_IMPOSSIBLE: entry<{ readonly trial: string; readonly why: string }>({
    title: "A trial's open faults cannot be recovered here",
    blame: "environment",
    message: (d) => `The open entries of trial ${d.trial} cannot be replayed: ${d.why}.`,
    hint: () => "The journal stays open. Install the plugins that the journal names and see that the cluster is reachable.",
    example: { trial: "wrong-bin-usage_nop_s0_r0", why: "no plugin offers the fault" }
  })
}
