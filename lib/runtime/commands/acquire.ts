import { acquire } from "../data/acquire";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "acquire",
  summary: "fetch the data snapshot that a run is about",
  description: `Puts the snapshot into the data hand-off as one Parquet or CSV file: copies a file of the repository, fetches an
address and compares its SHA-256 with the one that the pipeline pins, or runs the pipeline's data command and takes what it wrote.

With --sample, takes the sample file of the repository instead. Pull requests see nothing else.`,
  options: [{ name: "sample", summary: "take the sample file instead of the data" }],
  async run(context, args) {
    const snapshot = await acquire(context, args.flag("sample"));
    context.out.say(`data ${snapshot.origin}: ${snapshot.format}, ${snapshot.bytes} bytes`);
    return {
      outcome: "passed",
      report: { origin: snapshot.origin, format: snapshot.format, bytes: snapshot.bytes },
      gives: ["data"],
    };
  },
};
