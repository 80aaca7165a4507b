import { markdownTable } from "../output/markdown";
import { train } from "../train/train";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "train",
  summary: "run the training command and record what it was given and what it declared",
  description: `Runs the training command of the release manifest in the folder of the model. It reads the training rows from
$SLIPWAY_TRAINING and writes the model into $SLIPWAY_MODEL_DIR, an empty folder.

With MLFLOW_TRACKING_URI set, Slipway makes a run and names it in MLFLOW_RUN_ID: mlflow.autolog() and mlflow.start_run() go on in
that run, and runs started with nested=True become its children. A script without MLflow may write parameters and metrics as JSON
into $SLIPWAY_DECLARED; any script may name the score from which the served model selects there: {"decisionThreshold": 0.31}. What
the model takes and gives (its MLflow signature) and that score go into slipway-serving.json in the model folder. On the review line no server is reached; MLflow then writes into the working folder.

Metrics of the script are recorded as declared. They satisfy a threshold only where the policy names it as declared.`,
  options: [],
  takes: () => ["training"],
  async run(context) {
    const { digest, files, report, page } = await train(context);
    const { out } = context;
    out.say(`model ${digest}, ${files} files`);
    if (page !== null) out.say(`run   ${page}`);
    const facts: readonly (readonly [string, string])[] = [
      ["model", digest],
      ["git revision", `${report.git.commit ?? "unknown"}${report.git.modified === true ? " with changes" : ""}`],
      ["training rows", report.training],
      ["environment lock", `${report.environmentLock.file} ${report.environmentLock.digest}`],
      ["tracking run", page ?? "none: no tracking server"],
    ];
    const declared = Object.entries(report.declaredMetrics).map(([name, value]) => [name, String(value)]);
    out.summary(`### Training\n\n${markdownTable(["", ""], facts)}`);
    if (declared.length > 0)
      out.summary(`Declared by the script, measured by nobody:\n\n${markdownTable(["metric", "value"], declared)}`);
    return { outcome: "passed", report: { model: digest, run: page, training: report }, gives: ["model"] };
  },
};
