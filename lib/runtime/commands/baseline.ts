import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { anchorName, type BaselineDocument, productionFolder, writeBaseline } from "../baseline/baseline-document";
import { MlflowClient } from "../mlflow/mlflow-client";
import { trackingServerFrom } from "../mlflow/tracking-server";
import { markdownTable } from "../output/markdown";
import { productionEnvironment } from "../promotion/environments";
import { requireAliasAsRecorded } from "../records/aliases";
import { recordsAsFarAsKnown } from "../records/open-record";
import { readRecords } from "../records/promotion-records";
import { fetchModel } from "../store/model-store";
import { openStore } from "../store/open-store";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "baseline",
  summary: "fetch the production and anchor models to compare with, by digest",
  description: `Reads the promotion records of the pipeline's last environment, fetches the model of the last record and the anchors
that the policy names from the store, and verifies each by its digest. Only where no record exists there is no production yet.

With SLIPWAY_SIGNERS set, the signature of every record is verified here; promote verifies them in any case. With
MLFLOW_TRACKING_URI set, the registry's alias is held against the records.`,
  options: [],
  async run(context) {
    const { manifest, work, env, out } = context;
    const { pipeline, policy } = manifest;
    const store = openStore(pipeline.store, env, context.repository);
    const folder = work.handoff("baseline");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const environment = productionEnvironment(pipeline);
    const records =
      environment === null ? [] : await readRecords(store, pipeline.name, environment, recordsAsFarAsKnown(env));
    const server = trackingServerFrom(env);
    if (environment !== null && server !== null && pipeline.registry !== null) {
      await requireAliasAsRecorded(new MlflowClient(server).registry, pipeline.registry.model, environment, records);
    }
    const last = records.at(-1);
    const anchors = policy.gate.accuracy.flatMap((threshold) =>
      threshold.kind === "relative" && threshold.anchor !== null ? [threshold.anchor] : [],
    );
    const baseline: BaselineDocument = {
      kind: "slipway.baseline",
      version: 1,
      production:
        last === undefined
          ? null
          : { digest: last.model, version: last.promotion.registered.version, record: last.digest },
      anchors: [...new Set(anchors)].sort(),
    };
    if (baseline.production !== null)
      await fetchModel(store, baseline.production.digest, join(folder, productionFolder));
    for (const anchor of baseline.anchors) await fetchModel(store, anchor, join(folder, anchorName(anchor)));
    await writeBaseline(folder, baseline);
    const production = baseline.production;
    const said =
      production === null
        ? "none yet: no promotion is recorded"
        : `version ${production.version}, ${production.digest}`;
    out.say(`production: ${said}`);
    for (const anchor of baseline.anchors) out.say(`anchor:     ${anchor}`);
    out.summary(
      `### Baseline\n\n${markdownTable(["", ""], [["production", said], ...baseline.anchors.map((each) => ["anchor", each])])}`,
    );
    return { outcome: "passed", report: { baseline }, gives: ["baseline"] };
  },
};
