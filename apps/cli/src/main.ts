/** The command line: parses, and starts the handler of a command. A mistake in usage ends with 2. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { version } from "./Version.ts"
import { tree } from "./Tree.ts"

const exitCode = (error: CliError.CliError): number => (error._tag === "ShowHelp" && error.errors.length === 0 ? 0 : 2)

/** A mistake is told in a line or two; the whole help only when asked for. */
const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const command = event.commandPath.join(" ")
    return Console.error(
      [...event.errors.map((error) => error.message), `\nUsage: ${event.helpDoc.usage}\nSee \`${command} --help\`.`].join("\n")
    )
  }
}

/** Of the built-in flags those that people look for. */
const config = CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

const program = Command.runWith(tree, { version })(process.argv.slice(2)).pipe(
  Effect.catchIf(CliError.isCliError, (error) =>
    Effect.sync(() => {
      process.exitCode = exitCode(error)
    })
  ),
  Effect.provideService(CliOutput.Presenter, presenter),
  Effect.provideService(CliConfig.CliConfig, config),
  Effect.provide(NodeServices.layer)
)

Effect.runFork(program)
