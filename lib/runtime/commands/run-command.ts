import type { Line } from "../../blueprint/pipeline/pipeline-document";
import { InvalidInputError } from "../../blueprint/problems";
import type { CommandContext, Variables } from "../command-context";
import { ExitCode } from "../exit-codes";
import { parseHandoffDigests, verifyTakes } from "../handoff/takes";
import { writeOutputs } from "../handoff/gives";
import { loadManifest, type LoadedManifest } from "../manifest/load-manifest";
import { describeFailure } from "../output/failure";
import { Output, type Streams } from "../output/output";
import { WorkFolder } from "../work-folder";
import { Arguments } from "./arguments";
import type { CommandModule, CommandResult } from "./command-module";

/** One call of a command, as the command line gave it. */
export interface Invocation {
  readonly positional: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, string | boolean | readonly string[]>;
  readonly directory: string;
  readonly env: Variables;
  readonly streams: Streams;
  readonly now: () => Date;
}

const exitCodes: Record<CommandResult["outcome"], ExitCode> = {
  passed: ExitCode.passed,
  refused: ExitCode.refused,
  undecided: ExitCode.undecided,
};

/** Runs one command from its arguments to its exit code: manifest, hand-offs, the command itself, outputs, and what is said about a failure. */
export async function runCommand(command: CommandModule, call: Invocation): Promise<ExitCode> {
  const out = new Output(call.streams, call.options.get("json") === true, call.env);
  const args = new Arguments(command.name, call.positional, call.options);
  try {
    const context = await contextOf(command, args, call, out);
    const result = await command.run(context, args);
    const job =
      call.env.SLIPWAY_JOB ?? [command.name, ...call.positional.values()].join("-").replace(/[^A-Za-z0-9-]+/g, "-");
    const outputs =
      result.gives === undefined && result.outputs === undefined
        ? undefined
        : await writeOutputs(job, command.name, result.gives ?? [], result.outputs ?? {}, context.work, call.env);
    out.document({
      command: command.name,
      outcome: result.outcome,
      ...result.report,
      ...(outputs === undefined ? {} : { handoffs: outputs.handoffs, outputs: outputs.values }),
    });
    return exitCodes[result.outcome];
  } catch (error) {
    const failure = describeFailure(error);
    out.progress(`slipway ${command.name}: ${failure.text}`);
    out.summary(`**slipway ${command.name}: ${failure.outcome}**\n\n${failure.markdown}`);
    out.document({ command: command.name, outcome: failure.outcome, error: failure.details });
    return failure.exitCode;
  }
}

async function contextOf(
  command: CommandModule,
  args: Arguments,
  call: Invocation,
  out: Output,
): Promise<CommandContext> {
  const line = lineOf(args);
  const given = parseHandoffDigests("--take", args.list("take"));
  const loaded =
    (typeof command.manifest === "function" ? command.manifest(args) : command.manifest) === "none"
      ? null
      : await loadManifest({ path: args.text("manifest"), pipeline: args.text("pipeline") }, call.directory, call.env);
  const work = WorkFolder.from(call.env, loaded?.repository ?? call.directory);
  const takes = await verifyTakes(
    command.takes?.(args, line, loaded?.manifest.pipeline ?? null) ?? [],
    given,
    work,
    call.env,
  );
  const manifest = (): LoadedManifest => {
    if (loaded === null) throw new Error(`slipway ${command.name} reads no manifest`);
    return loaded;
  };
  return {
    get manifest() {
      return manifest().manifest;
    },
    get manifestDigest() {
      return manifest().digest;
    },
    repository: loaded?.repository ?? call.directory,
    work,
    line,
    takes,
    cites: parseHandoffDigests("--cite", args.list("cite")),
    out,
    env: call.env,
    now: call.now,
  };
}

function lineOf(args: Arguments): Line {
  const line = args.text("line") ?? "delivery";
  if (line === "review" || line === "delivery") return line;
  throw new InvalidInputError("--line", [
    { path: "--line", value: line, says: "is no line of a pipeline", remedy: "Write review or delivery." },
  ]);
}
