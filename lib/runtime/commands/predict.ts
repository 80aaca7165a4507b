import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../file-sha256";
import type { CommandContext } from "../command-context";
import { markdownTable } from "../output/markdown";
import { modelsToScore } from "../predict/models-to-score";
import { predictModel } from "../predict/predict-model";
import { RefusedError } from "../refusals";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "predict",
  summary: "score the held-out rows with each model, without labels or keys",
  description: `Lets the production model, the anchors and the candidate score the held-out features, in this order, and checks that
each gave every row exactly one finite score.

The predict command of the release manifest (without one: MLflow's pyfunc; a classifier's probability) reads $SLIPWAY_FEATURES and
$SLIPWAY_MODEL_DIR and writes slipway_row and score to $SLIPWAY_PREDICTIONS, Parquet or CSV. It sees copies, and no secret, token,
tracking server or label. Processes it leaves running are ended.`,
  options: [],
  takes: (_args, line) => (line === "review" ? ["features", "model"] : ["features", "model", "baseline"]),
  async run(context) {
    const folder = context.work.handoff("predictions");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const kept = new Map<string, string>();
    for (const model of await modelsToScore(context)) {
      context.out.progress(`scoring with the ${model.name} model ${model.digest}`);
      kept.set(model.name, await predictModel(context, model, predictionsFile(context, model.name)));
    }
    await requireUntouched(context, kept);
    const names = [...kept.keys()];
    context.out.say(`predictions of ${names.join(", ")}`);
    context.out.summary(`### Predictions\n\n${markdownTable(["model", "sha256"], [...kept])}`);
    return { outcome: "passed", report: { models: names }, gives: ["predictions"] };
  },
};

function predictionsFile({ work }: CommandContext, model: string): string {
  return join(work.handoff("predictions"), `${model}.parquet`);
}

/** A model's code that ran after another's predictions were kept could have looked for them. */
async function requireUntouched(context: CommandContext, kept: ReadonlyMap<string, string>): Promise<void> {
  for (const [model, sha256] of kept) {
    const found = await fileSha256(predictionsFile(context, model));
    if (found === sha256) continue;
    throw new RefusedError(
      "predictions-rewritten",
      `the predictions of the ${model} model were changed after they were checked`,
      "Some code of this run writes where it has no business: look at the candidate's model and predict command.",
    );
  }
}
