/** How a model is trained, and how a trained model predicts. */
export class Training {
  /**
   * Training by a command of the model repository, run in its locked Python environment.
   *
   * The command finds the training rows in the file `$SLIPWAY_TRAINING` and writes the model into the folder `$SLIPWAY_MODEL_DIR`.
   * It never sees held-out labels or a signing key.
   *
   * @example Training.command("python train.py")
   */
  public static command(command: string, options: TrainingOptions = {}): Training {
    return new Training(command, options.predict ?? null, options.timeoutMinutes ?? null);
  }

  private constructor(
    /** The shell command that trains. */
    public readonly run: string,
    /** The shell command that scores `$SLIPWAY_FEATURES` into `$SLIPWAY_PREDICTIONS`; `null`: the model is loaded with MLflow's pyfunc. */
    public readonly predict: string | null,
    /** `null`: the default of the stage. */
    public readonly timeoutMinutes: number | null,
  ) {}
}

/** How long training may take, and how its model predicts. */
export interface TrainingOptions {
  /**
   * Command that scores `$SLIPWAY_FEATURES` with the model in `$SLIPWAY_MODEL_DIR` and writes `$SLIPWAY_PREDICTIONS`
   * (columns `slipway_row`, `score`).
   * @default the model is loaded with MLflow's pyfunc
   */
  readonly predict?: string;
  /**
   * Minutes after which training is stopped and counts as failed.
   * @default 180
   */
  readonly timeoutMinutes?: number;
}
