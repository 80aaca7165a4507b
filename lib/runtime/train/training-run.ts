import { pathToFileURL } from "node:url";
import type { Variables } from "../command-context";
import type { MlflowClient } from "../mlflow/mlflow-client";
import type { Run, RunStatus } from "../mlflow/tracking-client";
import type { DeclaredValues } from "./declared-values";
import type { TrainingReport } from "./training-report";

/** Where a training's parameters, metrics and files are recorded while it runs. */
export interface TrainingRun {
  /** What the training command is told about it. */
  readonly env: Variables;
  readonly identity: TrainingReport["run"];
  /** Page for people; `null` where there is none. */
  readonly page: string | null;
  /** Takes over what a script declared without MLflow; answers everything that was declared. */
  declare(values: DeclaredValues): Promise<DeclaredValues>;
  /** Keeps a file that holds no row of data. */
  keep(file: string, name: string): Promise<void>;
  tag(tags: Readonly<Record<string, string>>): Promise<void>;
  end(status: RunStatus): Promise<void>;
}

/** A parent run on the tracking server; runs that the script starts with `nested=True` become its children. */
export class ServerRun implements TrainingRun {
  public readonly env: Variables;
  public readonly identity: NonNullable<TrainingReport["run"]>;
  public readonly page: string;

  private constructor(
    private readonly mlflow: MlflowClient,
    experiment: string,
    private readonly run: Run,
    private readonly now: () => Date,
  ) {
    this.env = { MLFLOW_RUN_ID: run.id, MLFLOW_EXPERIMENT_NAME: experiment };
    this.identity = { experiment, experimentId: run.experimentId, id: run.id };
    this.page = mlflow.runPage(run.experimentId, run.id);
  }

  public static async start(
    mlflow: MlflowClient,
    experiment: string,
    name: string,
    tags: Readonly<Record<string, string>>,
    now: () => Date,
  ): Promise<ServerRun> {
    const id = await mlflow.tracking.experiment(experiment);
    return new ServerRun(mlflow, experiment, await mlflow.tracking.startRun(id, name, now().getTime(), tags), now);
  }

  public async declare(values: DeclaredValues): Promise<DeclaredValues> {
    const timestamp = this.now().getTime();
    const metrics = Object.entries(values.metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 }));
    await this.mlflow.tracking.log(this.run.id, { params: values.parameters, metrics });
    const { params, metrics: all } = await this.mlflow.tracking.run(this.run.id);
    return { parameters: params, metrics: all };
  }

  public async keep(file: string, name: string): Promise<void> {
    await this.mlflow.artifacts.upload(file, `${this.run.artifactUri}/slipway/${name}`);
  }

  public async tag(tags: Readonly<Record<string, string>>): Promise<void> {
    await this.mlflow.tracking.log(this.run.id, { tags });
  }

  public async end(status: RunStatus): Promise<void> {
    await this.mlflow.tracking.endRun(this.run.id, status, this.now().getTime());
  }
}

/**
 * No server: a script that uses MLflow writes into a folder of the run, and only the report says what was declared. A folder,
 * because mlflow-skinny, which is enough for training, has no database; MLflow wants to be told that this is meant.
 */
export class LocalRun implements TrainingRun {
  public readonly env: Variables;
  public readonly identity = null;
  public readonly page = null;

  /** @param folder where MLflow's client writes */
  public constructor(experiment: string, folder: string) {
    this.env = {
      MLFLOW_TRACKING_URI: pathToFileURL(folder).href,
      MLFLOW_ALLOW_FILE_STORE: "true",
      MLFLOW_EXPERIMENT_NAME: experiment,
    };
  }

  public declare(values: DeclaredValues): Promise<DeclaredValues> {
    return Promise.resolve(values);
  }

  public keep(): Promise<void> {
    return Promise.resolve();
  }

  public tag(): Promise<void> {
    return Promise.resolve();
  }

  public end(): Promise<void> {
    return Promise.resolve();
  }
}
