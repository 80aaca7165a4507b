import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { subjectDigest } from "../../verdict/evidence/statement";
import { assuranceOf, runUrl } from "../assurance";
import { parseEvidence, verifyEvidence } from "../evidence/evidence-file";
import { MlflowClient } from "../mlflow/mlflow-client";
import { markdownTable } from "../output/markdown";
import { acceptedPolicies } from "../promotion/accepted-policies";
import { environmentNamed } from "../promotion/environments";
import { promoteModel } from "../promotion/promote-model";
import { verifiedRecords } from "../records/open-record";
import { requiredRegistry } from "../registration/required-registry";
import { openSigner } from "../signing/open-signer";
import { trustedSigners } from "../signing/trusted-signers";
import { openStore } from "../store/open-store";
import { ImageFile, verifiedImage } from "../packaging/image-handoff";
import type { TrustedSigner } from "../../blueprint/identity";
import type { CommandContext } from "../command-context";
import type { CommandModule } from "./command-module";

/** The image that the package job signed for this model; `null` for a pipeline that packages nothing. */
async function promotedImage(
  { manifest, work }: CommandContext,
  trusted: readonly TrustedSigner[],
  model: string,
): Promise<string | null> {
  if (manifest.pipeline.packaging === null) return null;
  const signed = await readFile(join(work.handoff("image"), ImageFile.statement));
  return await verifiedImage(signed, trusted, { model, pipeline: manifest.pipeline.name });
}

export const command: CommandModule = {
  name: "promote",
  summary: "verify the evidence and promote the model into an environment",
  description: `Promotes the model that the evidence is about. What it is held against comes from the protected environment:
SLIPWAY_ACCEPTED_POLICIES names the gate policies it accepts, SLIPWAY_SIGNERS who may sign.

Verified are the signatures, that the evidence is about this pipeline and repository, not too old, judged every limit of the policy,
passed, and compared the model with what is in production now; that the model stands in the environment before; the model's files in
the store and, as they stand now, in the registry; and that the registry's alias is where the promotion records say.

Then the signed record is appended and the alias set. Each reason to refuse has a name; docs/guides/registry.md lists them.`,
  arguments: [{ name: "environment", summary: "into which environment" }],
  options: [],
  takes: (_args, _line, pipeline) => ["evidence", ...(pipeline?.packaging == null ? [] : ["image" as const])],
  async run(context, args) {
    const { manifest, work, env, out } = context;
    const { environment } = environmentNamed(manifest.pipeline, args.argument("environment"));
    const registry = requiredRegistry(manifest.pipeline, "promote");
    const policies = acceptedPolicies(env);
    const trusted = trustedSigners(env);
    const mlflow = MlflowClient.required(env, "promote");
    const bundle = await readFile(join(work.handoff("evidence"), "evidence.dsse.json"));
    const evidence = await verifyEvidence(parseEvidence(bundle.toString("utf8")), trusted);
    const modelDigest = subjectDigest(evidence.measures) ?? "no single model";
    const store = openStore(manifest.pipeline.store, env, context.repository);
    const promoted = await promoteModel({
      manifest,
      registry,
      environment: environment.name,
      evidence,
      evidenceDigest: textDigest(bundle),
      modelDigest,
      acceptedGatePolicies: policies.gate,
      acceptedServingPolicies: policies.serving,
      trusted,
      image: await promotedImage(context, trusted, modelDigest),
      store,
      mlflow,
      open: verifiedRecords(trusted),
      signer: openSigner(manifest.pipeline.signing, env),
      promotedBy: assuranceOf(env) === "ci" ? (env.GITHUB_ACTOR ?? "the CI") : userInfo().username,
      run: runUrl(env),
      assurance: assuranceOf(env),
      now: context.now(),
    });
    const { version, record, image, already } = promoted;
    out.say(
      `${registry.model} version ${version} is in ${environment.name}${already ? " already" : ""}, record ${record.number}`,
    );
    const facts = [
      ["version", `${registry.model} ${version}`],
      ["model", modelDigest],
      ...(image === null ? [] : [["image", image]]),
      ["record", `${record.number}, ${record.digest}`],
      ["page", mlflow.versionPage(registry.model, version)],
    ];
    out.summary(`### Promoted to ${environment.name}\n\n${markdownTable(["", ""], facts)}`);
    return {
      outcome: "passed",
      report: { environment: environment.name, model: registry.model, digest: modelDigest, ...promoted },
    };
  },
};
