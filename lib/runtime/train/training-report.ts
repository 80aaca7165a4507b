import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../../blueprint/problems";
import { somethingAt } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";

/** What training left behind about itself. It lies in the model folder, so that the model's digest covers it. */
export interface TrainingReport {
  readonly kind: "slipway.training-report";
  readonly version: 1;
  readonly pipeline: string;
  /** The parent run that Slipway made; `null` without a tracking server. */
  readonly run: { readonly experiment: string; readonly experimentId: string; readonly id: string } | null;
  readonly git: { readonly commit: string | null; readonly modified: boolean | null };
  /** Digest of the hand-off that the model was trained on. */
  readonly training: string;
  readonly environmentLock: { readonly file: string; readonly digest: string };
  readonly parameters: Readonly<Record<string, string>>;
  /** What the training script said about its model. Nobody measured it; it satisfies no threshold that does not name it as declared. */
  readonly declaredMetrics: Readonly<Record<string, number>>;
}

/** Name of the report inside the model folder. */
export const trainingReportFile = "slipway-training.json";

/** @throws RefusedError `reserved-file-name` when the training script wrote a file of that name itself */
export async function writeTrainingReport(modelFolder: string, report: TrainingReport): Promise<void> {
  const file = join(modelFolder, trainingReportFile);
  if (await somethingAt(file)) {
    throw new RefusedError(
      "reserved-file-name",
      `the training command wrote ${trainingReportFile} into the model folder, which is Slipway's own file`,
      "Give the file another name.",
    );
  }
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`, { flag: "wx" });
}

/** The report of a model, `null` when it was not trained by `slipway train`. */
export async function readTrainingReport(modelFolder: string): Promise<TrainingReport | null> {
  const file = join(modelFolder, trainingReportFile);
  if (!(await somethingAt(file))) return null;
  const value = JSON.parse(await readFile(file, "utf8")) as Partial<TrainingReport> | null;
  if (value?.kind !== "slipway.training-report" || value.version !== 1) {
    throw new InvalidInputError(file, [
      {
        path: "kind",
        value: value?.kind,
        says: "is no training report of version 1",
        remedy: "Train the model again.",
      },
    ]);
  }
  return value as TrainingReport;
}
