/** The commands, their flags and their help: static and thin. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { handlers } from "./Handlers.ts"
import type { Command as Name, Inputs } from "./Inputs.ts"

const start = <C extends Name>(command: C, input: Inputs[C]): Effect.Effect<void> =>
  Effect.promise(() => handlers[command]()).pipe(Effect.map((handler) => handler.start(input)))

const maybe = <A>(flag: Flag.Flag<A>): Flag.Flag<A | undefined> => Flag.optional(flag).pipe(Flag.map(Option.getOrUndefined))

const list = (flag: Flag.Flag<string>): Flag.Flag<ReadonlyArray<string>> => Flag.atLeast(flag, 0)

const sources = {
  plugin: list(
    Flag.String("plugin").pipe(Flag.withMetavar("NAME"), Flag.withDescription("A plugin to load as well: a package or a path (repeatable)"))
  ),
  problems: list(
    Flag.String("problems").pipe(Flag.withMetavar("DIR"), Flag.withDescription("A folder of problems instead of ./problems (repeatable)"))
  )
}

const json = {
  json: Flag.Boolean("json").pipe(Flag.withDescription("Print one JSON document"), Flag.withDefault(false), Flag.withoutNegation)
}

const runFlags = {
  ...sources,
  ...json,
  jobs: maybe(
    Flag.Int("jobs").pipe(
      Flag.withAlias("j"),
      Flag.withMetavar("N"),
      Flag.withDescription("Trials at once (at most 16 a core; default as many as there are clusters, or 1 on embedded ones)")
    )
  ),
  out: maybe(
    Flag.String("out").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("DIR"),
      Flag.withDescription("The run folder; the same command with the same folder resumes. Default: a new one below runs")
    )
  ),
  failUnder: maybe(
    Flag.Finite("fail-under").pipe(Flag.withMetavar("SHARE"), Flag.withDescription("Exit with 1 if a smaller share of the tasks passes"))
  ),
  verbose: Flag.Boolean("verbose").pipe(
    Flag.withDescription("Show every action and observation"),
    Flag.withDefault(false),
    Flag.withoutNegation
  )
}

const clusterFlags = {
  cluster: maybe(
    Flag.String("cluster").pipe(
      Flag.withAlias("c"),
      Flag.withMetavar("NAME"),
      Flag.withDescription("embedded (simulated in this process, the default), kind (in Docker) or kubeconfig (any there is)")
    )
  ),
  clusterWith: Flag.KeyValuePair("cluster-with").pipe(
    Flag.withDescription("The cluster's configuration; values are JSON or text"),
    Flag.withDefault({})
  ),
  kubeconfig: maybe(Flag.String("kubeconfig").pipe(Flag.withMetavar("FILE"), Flag.withDescription("Use the cluster of this kubeconfig"))),
  yes: Flag.Boolean("yes").pipe(
    Flag.withDescription("Use the kubeconfig's cluster even if it looks like production"),
    Flag.withDefault(false),
    Flag.withoutNegation
  )
}

const limits = {
  maxSteps: Flag.Int("max-steps").pipe(Flag.withMetavar("N"), Flag.withDescription("Actions per task (default 30)"), Flag.withDefault(30)),
  timeLimit: Flag.String("time-limit").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("The trial's time per task (default 30m)"),
    Flag.withDefault("30m")
  ),
  turnLimit: Flag.String("turn-limit").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("Wall time for one answer of the agent (default 5m)"),
    Flag.withDefault("5m")
  ),
  charge: Flag.String("charge").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("What thinking costs in virtual time: a duration per step (default 5s), none, or measured (not deterministic)"),
    Flag.withDefault("5s")
  )
}

const seed = {
  seed: Flag.Int("seed").pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("Same seed and same actions give the same bytes (default 0)"),
    Flag.withDefault(0)
  )
}

const run = Command.make(
  "run",
  {
    selectors: Argument.String("selector").pipe(
      Argument.withDescription("A problem, a classic id, a glob, a suite or a YAML path"),
      Argument.variadic({ min: 1 })
    ),
    agent: Flag.String("agent").pipe(
      Flag.withAlias("a"),
      Flag.withMetavar("NAME"),
      Flag.withDescription("Who is tested; `aiopslab agents list` shows the agents")
    ),
    agentWith: Flag.KeyValuePair("agent-with").pipe(
      Flag.withDescription("The agent's configuration; values are JSON or text"),
      Flag.withDefault({})
    ),
    ...clusterFlags,
    ...seed,
    repeat: Flag.Int("repeat").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("How often each trial is run (default 1)"),
      Flag.withDefault(1)
    ),
    ...limits,
    ...runFlags
  },
  (input) => start("run", input)
).pipe(
  Command.withDescription("Run problems with an agent"),
  Command.withExamples([
    { command: "aiopslab run revoke-auth-mongodb-geo --agent oracle", description: "All tasks of one problem" },
    {
      command: "aiopslab run 'revoke_auth_mongodb-*' --agent nop --repeat 3 -j 2",
      description: "Classic ids by a glob, three times, two at once"
    },
    {
      command: 'aiopslab run mine.yaml --agent process --agent-with \'command=["python3","agent.py"]\'',
      description: "A problem of your own with any program"
    }
  ])
)

const matrix = Command.make(
  "matrix",
  {
    file: Argument.String("file").pipe(Argument.withDescription("A manifest of kind Matrix")),
    dryRun: Flag.Boolean("dry-run").pipe(Flag.withDescription("Only print the trials"), Flag.withDefault(false), Flag.withoutNegation),
    ...clusterFlags,
    ...runFlags
  },
  (input) => start("matrix", input)
).pipe(
  Command.withDescription("Run problems × agents × seeds × repeats"),
  Command.withExamples([
    { command: "aiopslab matrix problems/matrices/baselines.yaml -j 2 --fail-under 0.8", description: "In CI: exit code 1 below 80 %" },
    {
      command: "aiopslab matrix problems/matrices/baselines.yaml --cluster kind",
      description: "On real kubelets, on as many clusters as this machine holds"
    }
  ])
)

const audit = Command.make(
  "audit",
  {
    selectors: Argument.String("selector").pipe(Argument.withDescription("What to audit; default: every problem"), Argument.variadic()),
    ...clusterFlags,
    ...seed,
    ...runFlags
  },
  (input) => start("audit", input)
).pipe(
  Command.withDescription("Prove that problems measure: oracle passes, agents that do nothing or do harm fail"),
  Command.withExamples([{ command: "aiopslab audit mine.yaml", description: "Before you publish a problem" }])
)

const problemsList = Command.make("list", { ...sources, ...json }, (input) => start("problemsList", input)).pipe(
  Command.withDescription("List the problems and their classic ids")
)

const problemsShow = Command.make(
  "show",
  {
    name: Argument.String("problem").pipe(Argument.withDescription("A problem, a classic id or a YAML path")),
    yaml: Flag.Boolean("yaml").pipe(
      Flag.withDescription("Print the manifest as it is written"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    ...sources,
    ...json
  },
  (input) => start("problemsShow", input)
).pipe(Command.withDescription("Show one problem: application, faults, tasks"))

const problemsValidate = Command.make(
  "validate",
  {
    selectors: Argument.String("selector").pipe(Argument.withDescription("What to check; default: every problem"), Argument.variadic()),
    ...sources,
    ...json
  },
  (input) => start("problemsValidate", input)
).pipe(
  Command.withDescription("Check manifests: all mistakes with file, line and column"),
  Command.withExamples([{ command: "aiopslab problems validate mine.yaml", description: "One file" }])
)

const problems = Command.make("problems").pipe(
  Command.withDescription("List, show and check problems"),
  Command.withSubcommands([problemsList, problemsShow, problemsValidate])
)

const plugins = Command.make("plugins").pipe(
  Command.withDescription("The installed plugins"),
  Command.withSubcommands([
    Command.make("list", { ...sources, ...json }, (input) => start("pluginsList", input)).pipe(
      Command.withDescription("List plugins and what they offer")
    )
  ])
)

const agents = Command.make("agents").pipe(
  Command.withDescription("The agents"),
  Command.withSubcommands([
    Command.make("list", { ...sources, ...json }, (input) => start("agentsList", input)).pipe(Command.withDescription("List the agents"))
  ])
)

const schema = Command.make(
  "schema",
  {
    out: Flag.String("out").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("DIR"),
      Flag.withDescription("Where to write them (default schemas)"),
      Flag.withDefault("schemas")
    ),
    check: Flag.Boolean("check").pipe(
      Flag.withDescription("Write nothing; exit with 1 if a file is out of date"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    ...sources,
    ...json
  },
  (input) => start("schema", input)
).pipe(Command.withDescription("Write JSON Schemas of manifests for editors, from the installed plugins"))

const clusterList = Command.make("list", { ...sources, ...json }, (input) => start("clusterList", input)).pipe(
  Command.withDescription("List the clusters that runs made on this machine, and who holds them")
)

const clusterDelete = Command.make(
  "delete",
  {
    names: Argument.String("name").pipe(Argument.withDescription("A cluster, as `cluster list` shows it"), Argument.variadic({ min: 1 })),
    ...sources
  },
  (input) => start("clusterDelete", input)
).pipe(Command.withDescription("Delete clusters that no live run holds"))

const clusterGc = Command.make("gc", { ...sources, ...json }, (input) => start("clusterGc", input)).pipe(
  Command.withDescription("Delete the clusters of runs that died; recover first what is to be recovered")
)

const cluster = Command.make("cluster").pipe(
  Command.withDescription("Serve the embedded cluster; list and delete clusters that runs made"),
  Command.withSubcommands([
    Command.make(
      "up",
      {
        app: maybe(Flag.String("app").pipe(Flag.withMetavar("NAME"), Flag.withDescription("An application to install"))),
        kubeconfig: Flag.String("kubeconfig").pipe(
          Flag.withMetavar("FILE"),
          Flag.withDescription("Where to write the kubeconfig (default aiopslab.kubeconfig)"),
          Flag.withDefault("aiopslab.kubeconfig")
        ),
        time: Flag.String("time").pipe(
          Flag.withMetavar("PACE"),
          Flag.withDescription("How fast its clock goes: wall (default), x10 or any other factor, or virtual: only when told"),
          Flag.withDefault("wall")
        ),
        port: Flag.Int("port").pipe(Flag.withMetavar("N"), Flag.withDescription("Default: a free one"), Flag.withDefault(0)),
        seed: Flag.String("seed").pipe(Flag.withMetavar("TEXT"), Flag.withDefault("0")),
        ...sources
      },
      (input) => start("clusterUp", input)
    ).pipe(
      Command.withDescription("Serve an embedded cluster over HTTPS until Ctrl-C"),
      Command.withExamples([
        {
          command: "aiopslab cluster up --app hotel-reservation --kubeconfig k.yaml",
          description: "Then: kubectl --kubeconfig k.yaml get pods -A"
        }
      ])
    ),
    clusterList,
    clusterDelete,
    clusterGc
  ])
)

const doctor = Command.make("doctor", { ...sources, ...json }, (input) => start("doctor", input)).pipe(
  Command.withDescription("Say whether this machine can hold Kind clusters, how many, and what to do if not (exit code 3)")
)

const recover = Command.make(
  "recover",
  {
    dirs: Argument.String("dir").pipe(Argument.withDescription("Run folders, or folders of them; default: runs"), Argument.variadic()),
    ...sources,
    ...json
  },
  (input) => start("recover", input)
).pipe(Command.withDescription("Undo what a killed run left behind; live runs are not touched"))

const show = Command.make(
  "show",
  {
    run: Argument.String("run").pipe(Argument.withDescription("A run folder")),
    trial: maybe(Flag.String("trial").pipe(Flag.withMetavar("ID"), Flag.withDescription("The whole record of this trial"))),
    ...json
  },
  (input) => start("show", input)
).pipe(Command.withDescription("Show a run: its results, or one trial's record"))

const demo = Command.make("demo", sources, (input) => start("demo", input)).pipe(
  Command.withDescription("Play one problem with an agent that does nothing and with one that knows")
)

export const tree = Command.make("aiopslab").pipe(
  Command.withDescription("Puts an agent in front of a broken microservice system on Kubernetes and measures what it makes of it."),
  Command.withExamples([
    { command: "aiopslab demo", description: "One problem, two agents, a few seconds" },
    { command: "aiopslab problems list", description: "What there is" },
    { command: "aiopslab run revoke-auth-mongodb-geo --agent oracle", description: "A first run" }
  ]),
  Command.withSubcommands([run, matrix, audit, problems, plugins, agents, schema, cluster, doctor, recover, show, demo])
)
