import { mapOf, type MlflowApi, pairsOf, type Tags } from "./mlflow-api";
import { MlflowError } from "./mlflow-http";

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

export interface Run {
  readonly id: string;
  readonly experimentId: string;
  readonly status: RunStatus;
  /** Where the run's artifacts are, for example `mlflow-artifacts:/1/479094a6.../artifacts`. */
  readonly artifactUri: string;
  readonly params: Tags;
  /** Last value of every metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Tags;
}

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** The server's limits per request (mlflow.utils.validation); longer parameter values are cut by it silently. */
const limits = { params: 100, tags: 100, metrics: 1000, paramLength: 6000 };

/** Experiments and runs of an MLflow server. */
export class TrackingClient {
  public constructor(private readonly api: MlflowApi) {}

  /** The experiment's id; it is made when it does not exist. */
  public async experiment(name: string): Promise<string> {
    const known = await this.findExperiment(name);
    if (known !== null) return known;
    try {
      return (await this.api.create<{ experiment_id: string }>("experiments/create", { name })).experiment_id;
    } catch (error) {
      // Another job made it in between.
      if (!(error instanceof MlflowError) || error.code !== "RESOURCE_ALREADY_EXISTS") throw error;
      const made = await this.findExperiment(name);
      if (made === null) throw error;
      return made;
    }
  }

  private async findExperiment(name: string): Promise<string | null> {
    try {
      const answer = await this.api.get<{ experiment: { experiment_id: string } }>("experiments/get-by-name", {
        experiment_name: name,
      });
      return answer.experiment.experiment_id;
    } catch (error) {
      if (error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST") return null;
      throw error;
    }
  }

  public async startRun(experimentId: string, name: string, startTime: number, tags: Tags): Promise<Run> {
    const answer = await this.api.create<RunAnswer>("runs/create", {
      experiment_id: experimentId,
      run_name: name,
      start_time: startTime,
      tags: pairsOf(tags),
    });
    return runFrom(answer);
  }

  public async run(id: string): Promise<Run> {
    return runFrom(await this.api.get<RunAnswer>("runs/get", { run_id: id }));
  }

  /** Ids of the runs that carry the given run as their parent: the runs of a sweep. */
  public async childRuns(parent: Run): Promise<readonly Run[]> {
    const answer = await this.api.put<{ runs?: readonly RunAnswer["run"][] }>("runs/search", {
      experiment_ids: [parent.experimentId],
      filter: `tags.mlflow.parentRunId = '${parent.id}'`,
      max_results: 1000,
    });
    return (answer.runs ?? []).map((run) => runFrom({ run }));
  }

  public async endRun(id: string, status: RunStatus, endTime: number): Promise<void> {
    await this.api.put("runs/update", { run_id: id, status, end_time: endTime });
  }

  /**
   * Logs in as many requests as the server's limits ask for. A parameter value longer than the server keeps is cut here,
   * with three dots, so that the cut is seen.
   */
  public async log(
    runId: string,
    what: { readonly params?: Tags; readonly tags?: Tags; readonly metrics?: readonly Metric[] },
  ): Promise<void> {
    const params = pairsOf(what.params ?? {}).map(({ key, value }) => ({ key, value: cut(value) }));
    for (const part of chunks(params, limits.params)) await this.logBatch(runId, { params: part });
    for (const part of chunks(pairsOf(what.tags ?? {}), limits.tags)) await this.logBatch(runId, { tags: part });
    // JSON has no NaN and no infinities; protobuf reads them from text.
    const metrics = (what.metrics ?? []).map((metric) =>
      Number.isFinite(metric.value) ? metric : { ...metric, value: String(metric.value) },
    );
    for (const part of chunks(metrics, limits.metrics)) await this.logBatch(runId, { metrics: part });
  }

  private async logBatch(runId: string, batch: object): Promise<void> {
    await this.api.put("runs/log-batch", { run_id: runId, ...batch });
  }
}

interface RunAnswer {
  readonly run: {
    readonly info: {
      readonly run_id: string;
      readonly experiment_id: string;
      readonly status: RunStatus;
      readonly artifact_uri: string;
    };
    readonly data?: {
      readonly params?: readonly { readonly key: string; readonly value: string }[];
      readonly metrics?: readonly { readonly key: string; readonly value: number | string }[];
      readonly tags?: readonly { readonly key: string; readonly value: string }[];
    };
  };
}

function runFrom({ run }: RunAnswer): Run {
  return {
    id: run.info.run_id,
    experimentId: run.info.experiment_id,
    status: run.info.status,
    artifactUri: run.info.artifact_uri,
    params: mapOf(run.data?.params),
    // Protobuf's JSON writes NaN and infinities as text; Number reads them.
    metrics: Object.fromEntries((run.data?.metrics ?? []).map(({ key, value }) => [key, Number(value)])),
    tags: mapOf(run.data?.tags),
  };
}

function cut(value: string): string {
  return value.length <= limits.paramLength ? value : `${value.slice(0, limits.paramLength - 3)}...`;
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
