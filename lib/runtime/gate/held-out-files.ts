import { join } from "node:path";
import { anchorName, readBaseline, type BaselineDocument } from "../baseline/baseline-document";
import type { CommandContext } from "../command-context";
import { somethingAt } from "../handoff/folder-digest";
import { RefusedError } from "../refusals";

/** The files that the gate reads held-out rows from. */
export interface HeldOutFiles {
  readonly labels: string;
  readonly candidate: string;
  readonly production: string | null;
  /** By model digest. */
  readonly anchors: ReadonlyMap<string, string>;
}

/** Which files those are in this run, and what the candidate is compared with; `null` where nothing is. */
export async function heldOutFiles({
  work,
  takes,
}: CommandContext): Promise<{ readonly files: HeldOutFiles; readonly baseline: BaselineDocument | null }> {
  const baseline = takes.has("baseline") ? await readBaseline(work.handoff("baseline")) : null;
  const predictions = (model: string): string => join(work.handoff("predictions"), `${model}.parquet`);
  const files: HeldOutFiles = {
    labels: join(work.handoff("labels"), "labels.parquet"),
    candidate: predictions("candidate"),
    production: baseline?.production == null ? null : predictions("production"),
    anchors: new Map(baseline?.anchors.map((digest) => [digest, predictions(anchorName(digest))])),
  };
  await requireAll([files.labels, files.candidate, files.production, ...files.anchors.values()]);
  return { files, baseline };
}

/** A model that is compared with and was not scored must not look like one that does not exist. */
async function requireAll(files: readonly (string | null)[]): Promise<void> {
  for (const file of files) {
    if (file === null || (await somethingAt(file))) continue;
    throw new RefusedError(
      "predictions-missing",
      `there is no ${file}`,
      "Run slipway split and slipway predict for this run before its gate.",
    );
  }
}
