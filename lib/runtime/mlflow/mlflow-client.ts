import { BrokenEnvironmentError } from "../refusals";
import { ArtifactClient } from "./artifact-client";
import { MlflowApi } from "./mlflow-api";
import { MlflowHttp } from "./mlflow-http";
import { RegistryClient } from "./registry-client";
import { TrackingClient } from "./tracking-client";
import { type TrackingServer, trackingServerFrom } from "./tracking-server";

/** One MLflow server: runs, files, and the model registry. */
export class MlflowClient {
  public readonly tracking: TrackingClient;
  public readonly artifacts: ArtifactClient;
  public readonly registry: RegistryClient;

  public constructor(
    public readonly server: TrackingServer,
    http: MlflowHttp = new MlflowHttp(server),
  ) {
    const api = new MlflowApi(http);
    this.tracking = new TrackingClient(api);
    this.artifacts = new ArtifactClient(http);
    this.registry = new RegistryClient(api);
  }

  /** @throws BrokenEnvironmentError when no server is configured */
  public static required(environment: Readonly<Record<string, string | undefined>>, purpose: string): MlflowClient {
    const server = trackingServerFrom(environment);
    if (server === null) {
      throw new BrokenEnvironmentError(
        `MLFLOW_TRACKING_URI is not set: ${purpose} needs an MLflow server`,
        "Set it to the address of the server, on GitHub as a variable of the job's environment.",
      );
    }
    return new MlflowClient(server);
  }

  /** Page of a run in MLflow's user interface. */
  public runPage(experimentId: string, runId: string): string {
    return `${this.server.uri}/#/experiments/${experimentId}/runs/${runId}`;
  }

  /** Page of a model version in MLflow's user interface. */
  public versionPage(model: string, version: string): string {
    return `${this.server.uri}/#/models/${encodeURIComponent(model)}/versions/${version}`;
  }
}
