import { join } from "node:path";
import { anchorName, productionFolder, readBaseline } from "../baseline/baseline-document";
import type { CommandContext } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";

/** One model that scores the held-out rows. */
export interface ModelToScore {
  /** Name of its predictions file without extension: `production`, `anchor-<12 hex digits>` or `candidate`. */
  readonly name: string;
  readonly folder: string;
  readonly digest: string;
}

/**
 * The models of this run, each verified against its digest. The candidate is the last: what its code does to this machine can no
 * longer change how the models it is compared with score.
 *
 * @throws RefusedError `baseline-digest-mismatch` when the baseline holds another model than it says
 */
export async function modelsToScore(context: CommandContext): Promise<readonly ModelToScore[]> {
  const { work, takes } = context;
  const candidate = { name: "candidate", folder: work.handoff("model"), digest: takes.get("model")! };
  if (!takes.has("baseline")) return [candidate];
  const folder = work.handoff("baseline");
  const { production, anchors } = await readBaseline(folder);
  const compared: readonly ModelToScore[] = [
    ...(production === null
      ? []
      : [{ name: "production", folder: join(folder, productionFolder), digest: production.digest }]),
    ...anchors.map((digest) => ({ name: anchorName(digest), folder: join(folder, anchorName(digest)), digest })),
  ];
  for (const model of compared) {
    const { digest } = await digestFolder(model.folder);
    if (digest === model.digest) continue;
    throw new RefusedError(
      "baseline-digest-mismatch",
      `the ${model.name} model handed over has digest ${digest}, the baseline names ${model.digest}`,
      "Run slipway baseline again; it takes the models from the store by their digest.",
    );
  }
  return [...compared, candidate];
}
