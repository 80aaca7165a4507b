import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import type { SignedEvidence } from "../../verdict/evidence/acceptance";
import { parseEvidence } from "../evidence/evidence-file";
import type { CommandContext } from "../command-context";
import { digestHex } from "../handoff/folder-digest";
import { MlflowClient } from "../mlflow/mlflow-client";
import { markdownTable } from "../output/markdown";
import { openOwnEvidence, requireAcceptedByManifest } from "../registration/own-evidence";
import { type Registration, registerModel } from "../registration/register-model";
import { requiredRegistry } from "../registration/required-registry";
import { ImageFile, unverifiedImage } from "../packaging/image-handoff";
import { fetchModel, putModel } from "../store/model-store";
import { openStore } from "../store/open-store";
import type { Store } from "../store/store";
import { readTrainingReport } from "../train/training-report";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "register",
  summary: "register the gated model and its evidence",
  description: `Verifies that the evidence is about this model, of this pipeline, repository and policy, not too old, and passed; puts
model and evidence into the store, where they are kept under their digests and never replaced; registers the stored files as a
version in MLflow with alias "development".

Running it again finds the version that is there: the same files never get two versions.`,
  options: [],
  takes: (_args, _line, pipeline) => ["model", "evidence", ...(pipeline?.packaging == null ? [] : ["image" as const])],
  async run(context) {
    const { manifest, work, env, out } = context;
    const { pipeline } = manifest;
    const { model } = requiredRegistry(pipeline, "register");
    const store = openStore(pipeline.store, env, context.repository);
    const mlflow = MlflowClient.required(env, "register");
    const bundle = await readFile(join(work.handoff("evidence"), "evidence.dsse.json"));
    const evidence = await openOwnEvidence(parseEvidence(bundle.toString("utf8")), env);
    const digest = context.takes.get("model")!;
    await requireAcceptedByManifest(context, evidence, digest, store);
    await putModel(store, work.handoff("model"));
    const evidenceDigest = textDigest(bundle);
    await store.putOnce(`evidence/${pipeline.name}/${digestHex(digest)}/${digestHex(evidenceDigest)}.json`, bundle);
    const image = await keepImageStatement(context, store, digest);
    const scratch = await mkdtemp(join(tmpdir(), "slipway-register-"));
    try {
      const folder = join(scratch, "model");
      await fetchModel(store, digest, folder);
      const registration = await registrationOf(context, evidence, { folder, digest, evidenceDigest, image });
      const { version, created } = await registerModel(mlflow, registration);
      const page = mlflow.versionPage(model, version.version);
      out.say(`${model} version ${version.version}${created ? "" : " (registered before)"}: ${page}`);
      const facts = [
        ["version", `${model} ${version.version}`],
        ["model", digest],
        ["evidence", evidenceDigest],
        ...(image === null ? [] : [["image", image]]),
        ["page", page],
      ];
      out.summary(`### Registered\n\n${markdownTable(["", ""], facts)}`);
      return {
        outcome: "passed",
        report: { model, version: version.version, created, digest, evidence: evidenceDigest, image, page },
        outputs: { version: version.version },
      };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

/**
 * Keeps the signed statement of the model's image beside its evidence.
 *
 * @returns the image's digest as the statement says; promotion verifies it. `null` for a pipeline that packages nothing
 */
async function keepImageStatement(
  { manifest, work }: CommandContext,
  store: Store,
  model: string,
): Promise<string | null> {
  const { name, packaging } = manifest.pipeline;
  if (packaging === null) return null;
  const signed = await readFile(join(work.handoff("image"), ImageFile.statement));
  const image = unverifiedImage(signed);
  await store.putOnce(`images/${name}/${digestHex(model)}/${digestHex(textDigest(signed))}.dsse.json`, signed);
  return image;
}

async function registrationOf(
  { manifest, now }: CommandContext,
  { measures }: SignedEvidence,
  {
    folder,
    digest,
    evidenceDigest,
    image,
  }: Pick<Registration, "folder" | "digest"> & { evidenceDigest: string; image: string | null },
): Promise<Registration> {
  const { model, experiment } = requiredRegistry(manifest.pipeline, "register");
  const { gitRevision, policyDigests, verdict, run } = measures.predicate;
  return {
    model,
    experiment,
    folder,
    digest,
    trainedBy: (await readTrainingReport(folder))?.run ?? null,
    description: `Passed its gate within the limits of policy ${policyDigests.gate} on ${verdict.rows} held-out rows.`,
    tags: {
      "slipway.pipeline": manifest.pipeline.name,
      "slipway.evidence": evidenceDigest,
      "slipway.gate-policy": policyDigests.gate,
      "slipway.interface-version": String(measures.predicate.interface.version),
      ...(image === null ? {} : { "slipway.image": image }),
      ...(gitRevision === null ? {} : { "slipway.git-revision": gitRevision }),
      ...(manifest.repository === null ? {} : { "slipway.repository": manifest.repository }),
      ...(run === null ? {} : { "slipway.run": run }),
    },
    time: now().getTime(),
  };
}
