import { join } from "node:path";
import type { PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import { fileSha256 } from "../file-sha256";
import { RefusedError } from "../refusals";
import type { TrainingReport } from "../train/training-report";
import { PartsFolder } from "./collect-parts";
import { requirePart } from "./collected-parts";

/**
 * A model is served with what it was trained with: the lock of the image is the lock that its training report names, which the model's
 * digest covers.
 *
 * @throws RefusedError `lock-not-of-training`, `training-report-missing`, `parts-of-other-packaging`
 */
export async function requireTrainingLock(
  parts: string,
  { lockFile }: PythonEnvironment,
  training: TrainingReport | null,
): Promise<void> {
  if (training === null) {
    throw new RefusedError(
      "training-report-missing",
      "the model does not say which environment it was trained in",
      "Package models that `slipway train` trained.",
    );
  }
  const lock = join(parts, PartsFolder.lock, lockFile);
  await requirePart(lock, lockFile);
  const digest = `sha256:${await fileSha256(lock)}`;
  if (digest === training.environmentLock.digest) return;
  throw new RefusedError(
    "lock-not-of-training",
    `${lockFile} is ${digest}, the model was trained with ${training.environmentLock.digest}`,
    "Train the model again with the present lock, or package it from the commit it was trained from.",
  );
}
