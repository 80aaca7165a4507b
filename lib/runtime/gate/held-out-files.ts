import { join } from "node:path";
import { anchorName, readBaseline, type BaselineDocument } from "../baseline/baseline-document";
import type { CommandContext } from "../command-context";

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
  return {
    baseline,
    files: {
      labels: join(work.handoff("labels"), "labels.parquet"),
      candidate: predictions("candidate"),
      production: baseline?.production == null ? null : predictions("production"),
      anchors: new Map(baseline?.anchors.map((digest) => [digest, predictions(anchorName(digest))])),
    },
  };
}
