import { digestHex } from "../handoff/folder-digest";
import type { MlflowClient } from "../mlflow/mlflow-client";
import type { ModelVersion } from "../mlflow/registry-client";
import { MlflowError } from "../mlflow/mlflow-http";
import type { Run } from "../mlflow/tracking-client";
import type { TrainingReport } from "../train/training-report";
import { findRegistered, modelDigestTag } from "./registered-version";

/** What is registered. */
export interface Registration {
  readonly model: string;
  readonly experiment: string;
  /** Folder of the model's files, with the content of {@link Registration.digest}. */
  readonly folder: string;
  readonly digest: string;
  /** The run that trained it; `null` when there was none. */
  readonly trainedBy: TrainingReport["run"];
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Alias of the newest version that passed its gate. */
const developmentAlias = "development";

/**
 * Registers a model version with the model's files, or finds the one that an earlier run of the job registered: the same files
 * never get two versions.
 */
export async function registerModel(
  mlflow: MlflowClient,
  registration: Registration,
): Promise<{ readonly version: ModelVersion; readonly created: boolean }> {
  const { model, digest, tags } = registration;
  const registered = await findRegistered(mlflow, model, digest);
  const version = registered ?? (await createVersion(mlflow, registration));
  if (registered !== null) {
    for (const [key, value] of Object.entries(tags)) {
      await mlflow.registry.setVersionTag(model, version.version, key, value);
    }
  }
  await mlflow.registry.setAlias(model, developmentAlias, version.version);
  return { version, created: registered === null };
}

async function createVersion(mlflow: MlflowClient, registration: Registration): Promise<ModelVersion> {
  const { model, folder, digest, description, tags } = registration;
  const run = (await trainingRun(mlflow, registration)) ?? (await registrationRun(mlflow, registration));
  const source = `${run.artifactUri}/slipway/registered-${digestHex(digest).slice(0, 12)}`;
  await mlflow.artifacts.uploadFolder(folder, source);
  await mlflow.registry.ensureModel(model, "");
  return await mlflow.registry.createVersion(model, source, run.id, description, { ...tags, [modelDigestTag]: digest });
}

/** The files go beside the run that trained the model, where that run is still there. */
async function trainingRun(mlflow: MlflowClient, { trainedBy }: Registration): Promise<Run | null> {
  if (trainedBy === null) return null;
  try {
    return await mlflow.tracking.run(trainedBy.id);
  } catch (error) {
    if (error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST") return null;
    throw error;
  }
}

async function registrationRun(mlflow: MlflowClient, { experiment, digest, time }: Registration): Promise<Run> {
  const id = await mlflow.tracking.experiment(experiment);
  const run = await mlflow.tracking.startRun(id, `register ${digestHex(digest).slice(0, 12)}`, time, {
    [modelDigestTag]: digest,
  });
  await mlflow.tracking.endRun(run.id, "FINISHED", time);
  return run;
}
