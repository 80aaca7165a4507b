import type { Line, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { HandoffName } from "../../jobs/job";
import type { CommandContext } from "../command-context";
import type { Arguments } from "./arguments";

/** One command of `slipway`: a file `lib/runtime/commands/<name>.ts` exports one as `command`, and it is loaded only when it is called. */
export interface CommandModule {
  readonly name: string;
  /** One line for `slipway --help`; the same as in the command list. */
  readonly summary: string;
  /** What the command does, checks and writes, for `slipway <name> --help` and the guide; paragraphs separated by empty lines. */
  readonly description: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /** Whether the release manifest is read and its digest checked before the command runs. @default "required" */
  readonly manifest?: ManifestNeed | ((args: Arguments) => ManifestNeed);
  /** Hand-offs that must stand verified in the working folder before the command runs; no pipeline without a manifest. @default none */
  takes?(args: Arguments, line: Line, pipeline: PipelineDocument | null): readonly HandoffName[];
  run(context: CommandContext, args: Arguments): Promise<CommandResult>;
}

/** `none`: the command works outside a model repository. */
export type ManifestNeed = "required" | "none";

export interface CommandArgument {
  readonly name: string;
  readonly summary: string;
  /** @default true */
  readonly required?: boolean;
  readonly choices?: readonly string[];
}

export interface CommandOption {
  /** As written on the command line, without dashes: `version`. */
  readonly name: string;
  /** Name of the value, for example `number` or `path`; absent for a flag. */
  readonly value?: string;
  /** May be given more than once. @default false */
  readonly repeatable?: boolean;
  readonly summary: string;
}

/** What a command did. Exit code, `--json`, `GITHUB_OUTPUT` and the digests of what it gives follow from it. */
export interface CommandResult {
  /** `passed` exits 0, `refused` 3, `undecided` 4; anything else is thrown as an error. */
  readonly outcome: "passed" | "refused" | "undecided";
  /** Goes into the document that `--json` prints. */
  readonly report: Readonly<Record<string, unknown>>;
  /** Hand-offs whose folders now hold something for other jobs; the frame digests them. */
  readonly gives?: readonly HandoffName[];
  /** Further outputs of the job, one line each. */
  readonly outputs?: Readonly<Record<string, string>>;
}
