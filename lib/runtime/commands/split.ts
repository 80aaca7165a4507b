import { DataContract } from "../../blueprint/contract/data-contract";
import { snapshotIn } from "../data/data-file";
import { sessionOptions, withDataSession } from "../data/data-session";
import { splitData, type SplitReport } from "../data/split";
import { markdownTable } from "../output/markdown";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "split",
  summary: "cut the held-out part off the data, by key and time",
  description: `Cuts the snapshot into rows to train on and rows to be judged by, as the pipeline's held-out rule says. All rows of a group
key fall on one side; with a time, training keeps rows before it and the held-out part rows from it on. The cut follows from the seed,
the key and the time alone.

Writes three hand-offs: training (features and label), features (held-out features under opaque row numbers) and labels (held-out
labels, clusters, groups and slices). Targets, outcomes, identifiers and keys are features nowhere.

Refuses a feature that alone tells the training label above the contract's slipwayLeakageLimit (AUC, default 0.95).`,
  options: sessionOptions,
  takes: () => ["data"],
  async run(context, args) {
    const contract = DataContract.fromDocument(context.manifest.contract, "of the release manifest");
    const file = await snapshotIn(context.work.handoff("data"));
    const { work, out } = context;
    const folders = {
      training: work.handoff("training"),
      features: work.handoff("features"),
      labels: work.handoff("labels"),
    };
    const report = await withDataSession(
      context,
      args,
      { reads: [file.path], writes: Object.values(folders) },
      (session) => splitData(session, contract, file, context.manifest.pipeline.heldOut, folders),
    );
    for (const [side, rows, keys, mean] of sides(report)) out.say(`${side}: ${rows} rows, ${keys} keys, label ${mean}`);
    const dropped = Object.entries(report.dropped).filter(([, count]) => count > 0);
    for (const [reason, count] of dropped) out.say(`dropped: ${count} rows (${reason})`);
    out.summary(
      `### Split\n\n${markdownTable(["", "rows", "keys", "mean label"], sides(report))}\n\n` +
        `${report.features.length} features. Dropped rows: ` +
        (dropped.length === 0 ? "none." : `${dropped.map(([reason, count]) => `${count} ${reason}`).join(", ")}.`),
    );
    return { outcome: "passed", report: { ...report }, gives: ["training", "features", "labels"] };
  },
};

function sides(report: SplitReport): readonly (readonly [string, string, string, string])[] {
  const line = (name: string, side: SplitReport["training"]): readonly [string, string, string, string] => [
    name,
    String(side.rows),
    String(side.keys),
    side.meanLabel.toPrecision(4),
  ];
  return [line("training", report.training), line("held out", report.heldOut)];
}
