import type { RegistryDocument } from "./pipeline-document";

/** Where model versions are registered. */
export class Registry {
  /** An MLflow model registry; its address and credentials reach the jobs as `MLFLOW_TRACKING_URI` and its companions. */
  public static mlflow(options: MlflowOptions = {}): Registry {
    return new Registry(options.model ?? null, options.experiment ?? null);
  }

  private constructor(
    private readonly model: string | null,
    private readonly experiment: string | null,
  ) {}

  /** What the manifest says, with names that were left out taken from the pipeline's. */
  public documentFor(pipeline: string): RegistryDocument {
    return { kind: "mlflow", model: this.model ?? pipeline, experiment: this.experiment ?? pipeline };
  }
}

/** Names in MLflow. */
export interface MlflowOptions {
  /**
   * Name of the registered model.
   * @default the pipeline's name
   */
  readonly model?: string;
  /**
   * Name of the experiment that runs are recorded in.
   * @default the pipeline's name
   */
  readonly experiment?: string;
}
