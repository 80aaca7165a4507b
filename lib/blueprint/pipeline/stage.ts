import type { Line } from "./pipeline-document";

/** A stage of the user's own, anywhere in the graph. */
export class Stage {
  /**
   * A command of the model repository as a stage of its own. Like every job with user code it has no key, no held-out labels
   * and no right to write to the registry.
   *
   * @param name - lower-case letters, digits and single dashes; other stages refer to it by this name
   * @example Stage.command("robustness", "python robustness.py", { after: ["train"] })
   */
  public static command(name: string, run: string, options: StageOptions = {}): Stage {
    return new Stage(name, run, options.after ?? [], options.before ?? null, options.lines ?? null);
  }

  private constructor(
    public readonly name: string,
    /** The shell command. */
    public readonly run: string,
    public readonly after: readonly string[],
    /** `null` where the user did not say. */
    public readonly before: readonly string[] | null,
    /** `null` where the user did not say. */
    public readonly lines: readonly Line[] | null,
  ) {}
}

/** Where a stage stands in the graph. */
export interface StageOptions {
  /**
   * Stages that must have succeeded before: names of stages (`test`, `promote-staging`, ...) or of other custom stages.
   * @default none: it starts at once
   */
  readonly after?: readonly string[];
  /**
   * Stages that may only start when this one succeeded.
   * @default the next registration or promotion that does not come before it; `[]` lets everything go on without it
   */
  readonly before?: readonly string[];
  /**
   * The lines it is part of.
   * @default every line that has all the stages it names in `after` and `before`
   */
  readonly lines?: readonly Line[];
}
