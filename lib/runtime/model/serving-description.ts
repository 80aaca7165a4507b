import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import type { DecisionRule } from "../../blueprint/policy/policy-document";
import { InvalidInputError } from "../../blueprint/problems";
import { type ServingDescription, servingDescriptionFile } from "../../blueprint/serving/serving-description";
import { somethingAt } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";
import { mlflowSignature } from "./mlflow-signature";

/**
 * Writes how a model is served into its folder, before the folder gets its digest: the signature, and the score from which a row is
 * selected. The policy's own score counts where it names one; training may name one for a policy that selects by rank.
 *
 * @param declaredThreshold - what the training script declared; `null` for nothing
 * @throws RefusedError `reserved-file-name`, `decision-threshold-differs`
 */
export async function writeServingDescription(
  folder: string,
  decision: DecisionRule | null,
  declaredThreshold: number | null,
): Promise<ServingDescription> {
  const file = join(folder, servingDescriptionFile);
  if (await somethingAt(file)) {
    throw new RefusedError(
      "reserved-file-name",
      `the training command wrote ${servingDescriptionFile} into the model folder, which is Slipway's own file`,
      "Give the file another name.",
    );
  }
  const description: ServingDescription = {
    kind: "slipway.serving-description",
    version: 1,
    signature: await mlflowSignature(folder),
    decisionThreshold: thresholdOf(decision, declaredThreshold),
  };
  await writeFile(file, canonicalText(description), { flag: "wx" });
  return description;
}

/** The description of a model; `null` when it was not trained by `slipway train`. */
export async function readServingDescription(folder: string): Promise<ServingDescription | null> {
  const file = join(folder, servingDescriptionFile);
  if (!(await somethingAt(file))) return null;
  const value = JSON.parse(await readFile(file, "utf8")) as Partial<ServingDescription> | null;
  if (value?.kind !== "slipway.serving-description" || value.version !== 1) {
    throw new InvalidInputError(file, [
      {
        path: "kind",
        value: value?.kind,
        says: "is no serving description of version 1",
        remedy: "Train the model again.",
      },
    ]);
  }
  return value as ServingDescription;
}

function thresholdOf(decision: DecisionRule | null, declared: number | null): number | null {
  if (decision?.kind !== "scoreAtLeast") return declared;
  if (declared === null || declared === decision.score) return decision.score;
  throw new RefusedError(
    "decision-threshold-differs",
    `training declared the decision threshold ${declared}, the policy selects from ${decision.score} on`,
    "Declare none, or the policy's: what is served decides as it was judged.",
  );
}
