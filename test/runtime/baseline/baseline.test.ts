import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aPromotion } from "../records/a-promotion";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { sealRecord } from "../../../lib/runtime/records/open-record";
import { appendRecord } from "../../../lib/runtime/records/promotion-records";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { putModel } from "../../../lib/runtime/store/model-store";
import { promotionStatement } from "../../../lib/verdict/evidence/promotion-statement";
import { GatedPipeline, policyWithLimit } from "../promotion/a-gated-model";
import { ModelRepository } from "../a-model-repository";
import { writeFiles } from "../write-files";

/** No server is configured: everything comes from the store. */
let pipeline: GatedPipeline;

beforeEach(() => {
  pipeline = new GatedPipeline("claims", "");
});

afterEach(() => {
  pipeline.repository.remove();
});

async function stored(content: string): Promise<string> {
  const folder = writeFiles(join(pipeline.repository.folder, "made", content), { "weights.bin": content });
  return await putModel(new DirectoryStore(pipeline.store), folder);
}

async function promoted(model: string, key = pipeline.key): Promise<void> {
  const promotion = aPromotion(1, null, { repository: null, registered: { model: "claims", version: "4" } });
  const record = await sealRecord(promotionStatement(model, promotion), ed25519Signer(key.privateKey));
  await appendRecord(new DirectoryStore(pipeline.store), promotion, record);
}

async function baseline() {
  return await pipeline.repository.slipway(["baseline"], pipeline.env);
}

test("production is the model of the last record, fetched by its digest", async () => {
  const digest = await stored("production");
  await promoted(digest);
  const { exitCode, document } = await baseline();
  expect(exitCode).toBe(ExitCode.passed);
  expect(document.baseline).toMatchObject({ production: { digest, version: "4" } });
  expect(document.handoffs).toEqual({ baseline: await pipeline.repository.digest("baseline") });
  const weights = join(pipeline.repository.work, "baseline/production/weights.bin");
  expect(readFileSync(weights, "utf8")).toBe("production");
});

test("without a record there is no production yet", async () => {
  expect((await baseline()).document.baseline).toMatchObject({ production: null, anchors: [] });
});

test("a production model that the store lost is a refusal, not a first model", async () => {
  await promoted(`sha256:${"a".repeat(64)}`);
  expect((await baseline()).document.error?.check).toBe("model-not-in-store");
});

test("a production model that was edited in the store is refused", async () => {
  const digest = await stored("production");
  await promoted(digest);
  const file = join(pipeline.store, "models/sha256", digest.slice("sha256:".length), "weights.bin");
  chmodSync(file, 0o644);
  writeFileSync(file, "weaker");
  expect((await baseline()).document.error?.check).toBe("model-digest-mismatch");
});

test("a record of a stranger is refused where the job knows the signers", async () => {
  await promoted(await stored("weak"), createSigningKeyPair());
  expect((await baseline()).document.error?.check).toBe("signer-not-accepted");
});

test("anchors of the policy come by digest", async () => {
  const anchor = await stored("anchor");
  const policy = policyWithLimit(0.7);
  const against = { kind: "relative", metric: "auc", against: "anchor", anchor, margin: 0.02 } as const;
  const repository = new ModelRepository(
    { name: "claims", store: { kind: "directory", path: pipeline.store }, environments: [] },
    { policy: { ...policy, gate: { ...policy.gate, accuracy: [against] } } },
  );
  const { document } = await repository.slipway(["baseline"], {});
  expect(document.baseline).toMatchObject({ production: null, anchors: [anchor] });
  const folder = join(repository.work, `baseline/anchor-${anchor.slice(7, 19)}`);
  expect(readFileSync(join(folder, "weights.bin"), "utf8")).toBe("anchor");
  repository.remove();
});
