import { cp, lstat, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";
import { describeEnding, runUserCommand, shellCommand } from "../user-code/user-command";
import { predictionEnvironment } from "../user-code/user-environment";
import type { ModelToScore } from "./models-to-score";
import { keepPredictions } from "./keep-predictions";

/**
 * Lets one model score the held-out features and keeps its predictions. The code sees copies in a folder of its own that is
 * removed afterwards, an environment without secrets or servers, and no path of the pipeline's working folder; every process it
 * leaves running is ended before its predictions are read.
 *
 * @param kept file that the checked predictions are written to
 * @returns sha256 of that file, hex
 * @throws RefusedError `prediction-failed`, `predictions-missing`, `predictions-incomplete`, `predictions-not-numbers`
 */
export async function predictModel(context: CommandContext, model: ModelToScore, kept: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), "slipway-predict-"));
  try {
    const [modelCopy, home] = [join(scratch, "model"), join(scratch, "home")];
    const features = join(scratch, "features.parquet");
    const predictions = join(scratch, "predictions.parquet");
    await mkdir(home);
    await cp(model.folder, modelCopy, { recursive: true });
    await requireSame(modelCopy, model);
    await cp(join(context.work.handoff("features"), "features.parquet"), features);
    const env = predictionEnvironment(context.env, home, {
      SLIPWAY_MODEL_DIR: modelCopy,
      SLIPWAY_FEATURES: features,
      SLIPWAY_PREDICTIONS: predictions,
      PYTHONDONTWRITEBYTECODE: "1",
    });
    const ending = await runUserCommand({ ...predictor(context, home), env }, context.out);
    if (ending.exitCode !== 0) {
      throw new RefusedError(
        "prediction-failed",
        `predicting with the ${model.name} model ended with ${describeEnding(ending)}`,
        "Read its output above. The predicting code sees neither secrets nor MLflow's server, only the model and the features.",
      );
    }
    await requireRegularFile(predictions, model);
    return await keepPredictions({ model: model.name, features, predictions, kept });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The repository's own predict command, or Slipway's for MLflow models. */
function predictor({ repository, manifest: { pipeline } }: CommandContext, home: string) {
  if (pipeline.commands.predict !== null) {
    return { argv: shellCommand(pipeline.commands.predict), directory: join(repository, pipeline.root) };
  }
  return { argv: ["python3", join(__dirname, "mlflow-predictor.py")], directory: home };
}

/** What runs is what was verified, also when somebody wrote into the folder in between. */
async function requireSame(copy: string, model: ModelToScore): Promise<void> {
  const { digest } = await digestFolder(copy);
  if (digest === model.digest) return;
  throw new RefusedError(
    "model-digest-mismatch",
    `the ${model.name} model changed while the job ran: ${digest} instead of ${model.digest}`,
    "Find out which process writes into the working folder, then run the job again.",
  );
}

async function requireRegularFile(file: string, model: ModelToScore): Promise<void> {
  const found = await lstat(file).catch(() => null);
  if (found?.isFile() === true) return;
  throw new RefusedError(
    "predictions-missing",
    `predicting with the ${model.name} model left ${found === null ? "no file" : "something that is no regular file"} at $SLIPWAY_PREDICTIONS`,
    "Write a Parquet or CSV file with the columns slipway_row and score there.",
  );
}
