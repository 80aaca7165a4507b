import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { InvalidInputError } from "../../blueprint/problems";
import type { CommandContext } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import { MlflowClient } from "../mlflow/mlflow-client";
import { trackingServerFrom } from "../mlflow/tracking-server";
import { writeServingDescription } from "../model/serving-description";
import { RefusedError } from "../refusals";
import { describeEnding, runUserCommand, shellCommand } from "../user-code/user-command";
import { trainingEnvironment } from "../user-code/user-environment";
import { readDeclaredValues } from "./declared-values";
import { gitRevision } from "./git-revision";
import { trainingReportFile, type TrainingReport, writeTrainingReport } from "./training-report";
import { LocalRun, ServerRun, type TrainingRun } from "./training-run";

/** What is known about a training before it starts. */
type Inputs = Pick<TrainingReport, "git" | "training" | "environmentLock">;

/** A model as training left it. */
export interface TrainedModel {
  readonly digest: string;
  readonly files: number;
  readonly report: TrainingReport;
  readonly page: string | null;
}

/**
 * Runs the training command of the repository and records what it was given and what it declared. The run on the tracking
 * server ends as what happened: FINISHED only when the command succeeded and left a model, KILLED when a signal ended it, else FAILED.
 *
 * @throws RefusedError `training-failed`, `model-missing`, `reserved-file-name`, `decision-threshold-differs`
 */
export async function train(context: CommandContext): Promise<TrainedModel> {
  const inputs = await inputsOf(context);
  const model = context.work.handoff("model");
  await rm(model, { recursive: true, force: true });
  // MLflow's save_model wants an empty folder or none.
  await mkdir(model, { recursive: true });
  const run = await startRun(context, inputs);
  if (run.page !== null) context.out.progress(`tracking run: ${run.page}`);
  let status: "FINISHED" | "FAILED" | "KILLED" = "FAILED";
  try {
    const declaredFile = join(context.work.path, "declared.json");
    await rm(declaredFile, { force: true });
    const ending = await runTrainingCommand(context, run, model, declaredFile);
    if (ending.signal !== null) status = "KILLED";
    if (ending.exitCode !== 0) {
      throw new RefusedError(
        "training-failed",
        `the training command ended with ${describeEnding(ending)}: ${context.manifest.pipeline.commands.train}`,
        "Read its output above.",
      );
    }
    await requireModel(model);
    const said = await readDeclaredValues(declaredFile);
    const declared = await run.declare(said);
    await writeServingDescription(model, context.manifest.policy.gate.decision, said.decisionThreshold);
    const report: TrainingReport = {
      kind: "slipway.training-report",
      version: 1,
      pipeline: context.manifest.pipeline.name,
      run: run.identity,
      ...inputs,
      parameters: declared.parameters,
      declaredMetrics: finite(declared.metrics),
    };
    await writeTrainingReport(model, report);
    const { digest, files } = await digestFolder(model);
    await run.keep(join(projectFolder(context), inputs.environmentLock.file), inputs.environmentLock.file);
    await run.keep(join(model, trainingReportFile), trainingReportFile);
    await run.tag({ "slipway.model-digest": digest });
    status = "FINISHED";
    return { digest, files: files.length, report, page: run.page };
  } finally {
    await endRun(run, status, context);
  }
}

/** Folder of this model inside the repository. */
function projectFolder({ repository, manifest }: CommandContext): string {
  return join(repository, manifest.pipeline.root);
}

async function inputsOf(context: CommandContext): Promise<Inputs> {
  const { lockFile } = context.manifest.pipeline.python;
  const lock = await readFile(join(projectFolder(context), lockFile)).catch(() => {
    throw new InvalidInputError("training", [
      {
        path: "pipeline.python.lockFile",
        value: lockFile,
        says: "is not in the repository",
        remedy: "Commit the lock file, or synthesize again so that the manifest names the one there is.",
      },
    ]);
  });
  return {
    git: await gitRevision(context.repository, context.env),
    training: context.takes.get("training")!,
    environmentLock: { file: lockFile, digest: textDigest(lock) },
  };
}

/** A review never reaches the tracking server: its code was approved by nobody yet. */
async function startRun(context: CommandContext, inputs: Inputs): Promise<TrainingRun> {
  const { name, registry } = context.manifest.pipeline;
  const experiment = registry?.experiment ?? name;
  const server = context.line === "review" ? null : trackingServerFrom(context.env);
  if (server === null) {
    const folder = join(context.work.path, "tracking");
    await mkdir(folder, { recursive: true });
    return new LocalRun(experiment, join(folder, "mlruns"));
  }
  const tags = {
    "slipway.pipeline": name,
    "slipway.training-digest": inputs.training,
    "slipway.environment-lock": inputs.environmentLock.digest,
    "slipway.manifest-digest": context.manifestDigest,
    ...(inputs.git.commit === null ? {} : { "mlflow.source.git.commit": inputs.git.commit }),
    ...(inputs.git.modified === true ? { "slipway.git-modified": "true" } : {}),
    ...(context.manifest.repository === null ? {} : { "slipway.repository": context.manifest.repository }),
  };
  const title = inputs.git.commit === null ? name : `${name} ${inputs.git.commit.slice(0, 12)}`;
  return await ServerRun.start(new MlflowClient(server), experiment, title, tags, context.now);
}

async function runTrainingCommand(context: CommandContext, run: TrainingRun, model: string, declaredFile: string) {
  const env = trainingEnvironment(context.env, {
    ...run.env,
    SLIPWAY_TRAINING: join(context.work.handoff("training"), "training.parquet"),
    SLIPWAY_MODEL_DIR: model,
    SLIPWAY_DECLARED: declaredFile,
    SLIPWAY_LINE: context.line,
  });
  const argv = shellCommand(context.manifest.pipeline.commands.train);
  return await runUserCommand({ argv, directory: projectFolder(context), env }, context.out);
}

async function requireModel(folder: string): Promise<void> {
  const { files } = await digestFolder(folder);
  if (files.length > 0) return;
  throw new RefusedError(
    "model-missing",
    "the training command succeeded and left no file in $SLIPWAY_MODEL_DIR",
    'Write the model there, for example mlflow.sklearn.save_model(model, os.environ["SLIPWAY_MODEL_DIR"]).',
  );
}

/** JSON has no NaN: a metric without a number was not declared, and a limit on it fails. */
function finite(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

/** A server that fails now must not hide why the training failed. */
async function endRun(
  run: TrainingRun,
  status: "FINISHED" | "FAILED" | "KILLED",
  context: CommandContext,
): Promise<void> {
  try {
    await run.end(status);
  } catch (error) {
    if (status === "FINISHED") throw error;
    context.out.progress(`the tracking run could not be marked ${status}: ${(error as Error).message}`);
  }
}
