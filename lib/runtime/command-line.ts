import { Argument, Command, CommanderError, Option } from "commander";
import { commandList, loadCommand } from "./commands/command-list";
import type { CommandModule } from "./commands/command-module";
import { runCommand, type Invocation } from "./commands/run-command";
import { ExitCode } from "./exit-codes";
import { Output } from "./output/output";
import { version } from "./version";

/** Where a call takes place; everything a command touches of its process comes through it. */
export type Surroundings = Omit<Invocation, "positional" | "options">;

/** What each exit code says; `--help` and the guide print this table. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.passed, "passed: the command did its work, a gate was passed"],
  [ExitCode.internalError, "a defect of Slipway itself (the only case with a stack trace)"],
  [ExitCode.badInput, "bad input: wrong arguments, or a file that cannot be used as it stands"],
  [ExitCode.refused, "refused: a limit was broken, or evidence does not hold"],
  [ExitCode.undecided, "undecided: the figures decide neither way, a person has to"],
  [ExitCode.brokenEnvironment, "broken environment: a server, program, package or secret is missing"],
];

/** Options that every command has. */
export const commonOptions: CommandModule["options"] = [
  { name: "pipeline", value: "name", summary: "which pipeline: reads .slipway/<name>.json here or above" },
  { name: "manifest", value: "path", summary: "the release manifest, when it stands elsewhere" },
  { name: "line", value: "review|delivery", summary: "which line the job belongs to (default: delivery)" },
  {
    name: "take",
    value: "handoff=sha256:...",
    repeatable: true,
    summary: "a hand-off and the digest its giver named; verified before anything else",
  },
  {
    name: "cite",
    value: "handoff=sha256:...",
    repeatable: true,
    summary: "the digest of a hand-off that the command only names in what it writes",
  },
  { name: "json", summary: "print one JSON document on stdout, progress on stderr" },
];

/** Runs the command that the arguments name. Commands are loaded only when they are called, so that help is quick. */
export async function commandLine(args: readonly string[], where: Surroundings): Promise<ExitCode> {
  const program = new Command("slipway")
    .description("From git push to a gated, signed, released model.")
    .version(version())
    // After a command's name its own options count: `slipway gate --version 7` is not `slipway --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        where.streams.stdout(text);
      },
      writeErr: (text) => {
        where.streams.stderr(text);
      },
    })
    .addHelpText("after", exitCodeHelp());
  const called = args.find((arg) => !arg.startsWith("-"));
  let exitCode: ExitCode = ExitCode.passed;
  for (const listed of commandList) {
    const subcommand = program.command(listed.name).description(listed.summary);
    if (listed.name === called || (called === "help" && args.includes(listed.name))) {
      define(subcommand, loadCommand(listed), where, (code) => (exitCode = code));
    }
  }
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ExitCode.passed;
    new Output(where.streams, args.includes("--json"), where.env).document({
      command: called ?? null,
      outcome: "bad-input",
      error: { message: error.message },
    });
    return ExitCode.badInput;
  }
  return exitCode;
}

function define(
  subcommand: Command,
  command: CommandModule,
  where: Surroundings,
  done: (exitCode: ExitCode) => void,
): void {
  const declared = command.arguments ?? [];
  subcommand.summary(command.summary).description(command.description).addHelpText("after", exitCodeHelp());
  for (const { name, summary, required = true, choices } of declared) {
    const argument = new Argument(required ? `<${name}>` : `[${name}]`, summary);
    subcommand.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const options = [...command.options, ...commonOptions];
  for (const { name, value, repeatable, summary } of options) {
    const option = new Option(value === undefined ? `--${name}` : `--${name} <${value}>`, summary);
    subcommand.addOption(
      repeatable === true
        ? option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
        : option,
    );
  }
  subcommand.action(async () => {
    const given: Readonly<Record<string, unknown>> = subcommand.opts();
    done(
      await runCommand(command, {
        ...where,
        positional: new Map(
          declared.flatMap(({ name }, index) =>
            subcommand.args[index] === undefined ? [] : [[name, subcommand.args[index]] as const],
          ),
        ),
        options: new Map(
          options.flatMap(({ name }) => {
            const value = given[camelCase(name)];
            return value === undefined ? [] : [[name, value as string | boolean | readonly string[]] as const];
          }),
        ),
      }),
    );
  });
}

function exitCodeHelp(): string {
  return ["", "Exit codes:", ...exitCodeMeanings.map(([code, meaning]) => `  ${code}  ${meaning}`)].join("\n");
}

/** The key under which commander keeps an option's value. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
