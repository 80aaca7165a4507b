import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSigningKeyPair } from "../../lib/runtime/keys/signing-key-pair";
import { canonicalText } from "../../lib/blueprint/manifest/canonical-text";
import { MlflowClient } from "../../lib/runtime/mlflow/mlflow-client";
import { type Called } from "../runtime/a-model-repository";
import { GatedPipeline, policyWithLimit } from "../runtime/promotion/a-gated-model";
import { MlflowServer } from "./mlflow-server";

/** Every way we know to get a model into an environment that its gate did not let through; each must fail by its own name. */

let server: MlflowServer;
let mlflow: MlflowClient;
let pipeline: GatedPipeline;
let pipelines = 0;

beforeAll(async () => {
  server = await MlflowServer.start();
  mlflow = MlflowClient.required({ MLFLOW_TRACKING_URI: server.uri }, "the test");
});

afterAll(async () => {
  await server.stop();
});

beforeEach(() => {
  pipeline = new GatedPipeline(`cheating-${++pipelines}`, server.uri);
});

afterEach(() => {
  pipeline.repository.remove();
});

/** Says why a promotion was refused, and that it changed nothing: no record, no alias. */
async function refusal(environment: string, env: Record<string, string> = {}): Promise<string | undefined> {
  const [recordsBefore, aliasesBefore] = [records(environment), await aliases()];
  const { document, exitCode } = await pipeline.promote(environment, env);
  expect(exitCode).toBe(3);
  expect([records(environment), await aliases()]).toEqual([recordsBefore, aliasesBefore]);
  return document.error?.check;
}

function checkOf({ document }: Called): string | undefined {
  return document.error?.check;
}

async function aliases() {
  return Object.fromEntries(await mlflow.registry.aliases(pipeline.name));
}

function recordFile(environment: string, number: number): string {
  return join(pipeline.store, "records", pipeline.name, environment, `${String(number).padStart(6, "0")}.dsse.json`);
}

function records(environment: string): readonly string[] {
  try {
    return readdirSync(join(pipeline.store, "records", pipeline.name, environment)).sort();
  } catch {
    return [];
  }
}

/** Writes over a file that the store keeps read-only. */
function overwrite(file: string, content: string): void {
  chmodSync(file, 0o644);
  writeFileSync(file, content);
}

/** Changes the text that a signed file carries, and leaves its signature as it is. */
function editPayload(file: string, edit: (payload: string) => string): void {
  const text = readFileSync(file, "utf8");
  const edited = text.replace(/"payload": "([^"]+)"/, (_, payload: string) => {
    const changed = edit(Buffer.from(payload, "base64").toString("utf8"));
    return `"payload": "${Buffer.from(changed).toString("base64")}"`;
  });
  expect(edited).not.toBe(text);
  overwrite(file, edited);
}

async function registered(): Promise<string> {
  const digest = await pipeline.gate("first", "none");
  await pipeline.register();
  return digest;
}

async function inProduction(): Promise<string> {
  const digest = await registered();
  await pipeline.promote("staging");
  await pipeline.promote("production");
  expect(await aliases()).toMatchObject({ production: "1" });
  return digest;
}

describe("evidence", () => {
  test("an edited metric", async () => {
    await pipeline.gate("first", "none", { outcome: "failed" });
    await pipeline.repository.slipway(["register"], pipeline.env);
    const file = join(pipeline.repository.work, "evidence/evidence.dsse.json");
    editPayload(file, (text) => text.replace('"value": 0.6', '"value": 0.75').replaceAll('"failed"', '"passed"'));
    expect(await refusal("staging")).toBe("signature-invalid");
  });

  test("an edited summary", async () => {
    await registered();
    const file = join(pipeline.repository.work, "evidence/evidence.dsse.json");
    const evidence = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const [measures, kind] = [evidence.measures, evidence.kind];
    writeFileSync(file, canonicalText({ kind, version: 1, measures, summary: measures }));
    expect(await refusal("staging")).toBe("not-a-statement");
  });

  test("an unlisted signer", async () => {
    await pipeline.gate("first", "none", { key: createSigningKeyPair() });
    expect(await refusal("staging")).toBe("signer-not-accepted");
  });

  test("a laptop's key that claims to be the CI", async () => {
    await registered();
    const signers = [{ kind: "ed25519", name: "ann", publicKey: pipeline.key.publicKey, assurance: "laptop" }];
    expect(await refusal("staging", { SLIPWAY_SIGNERS: JSON.stringify(signers) })).toBe("assurance-overstated");
  });

  test("evidence that is too old, by the clock of the promotion", async () => {
    await registered();
    pipeline.repository.now = new Date(pipeline.repository.now.getTime() + 73 * 3_600_000);
    expect(await refusal("staging")).toBe("evidence-too-old");
  });

  test("evidence of the future", async () => {
    await registered();
    pipeline.repository.now = new Date(pipeline.repository.now.getTime() - 3_600_000);
    expect(await refusal("staging")).toBe("evidence-from-the-future");
  });

  test.each(["failed", "undecided"] as const)("a verdict that is %s", async (outcome) => {
    await pipeline.gate("first", "none", { outcome });
    expect(checkOf(await pipeline.register())).toBe("verdict-not-passed");
  });

  test("a verdict that its own findings contradict", async () => {
    await pipeline.gate("first", "none", {
      outcome: "failed",
      measures: { verdict: { outcome: "passed", findings: [], rows: 1, clusters: 1 } },
    });
    expect(checkOf(await pipeline.register())).toBe("threshold-not-judged");
  });

  test("evidence of another model, in registration and in promotion", async () => {
    await registered();
    const other = `sha256:${"e".repeat(64)}`;
    await pipeline.evidenceAbout(other, "none");
    expect(checkOf(await pipeline.register())).toBe("other-model");
    expect(await refusal("staging")).toBe("model-not-in-store");
  });

  test("evidence of another pipeline", async () => {
    await registered();
    await pipeline.gate("first", "none", { measures: { pipeline: "other" } });
    expect(await refusal("staging")).toBe("other-pipeline");
  });

  test("evidence of another repository", async () => {
    await registered();
    await pipeline.gate("first", "none", { measures: { repository: "mallory/insurance-risk" } });
    expect(await refusal("staging")).toBe("other-repository");
  });

  test("evidence that was compared with another production", async () => {
    await inProduction();
    await pipeline.gate("second", "none");
    expect(checkOf(await pipeline.register())).toBe("other-production");
  });

  test("evidence that was overtaken by another promotion", async () => {
    const first = await inProduction();
    await pipeline.gate("third", first);
    await pipeline.register();
    await pipeline.promote("staging");
    await pipeline.promote("production");
    await pipeline.gate("first", "none");
    expect(await refusal("production")).toBe("other-production");
  });

  test("evidence that changed on its way between two jobs", async () => {
    await registered();
    const digest = await pipeline.repository.digest("evidence");
    await pipeline.gate("first", "none", { measures: { run: "https://ci.example.com/2" } });
    const { document } = await pipeline.repository.slipway(
      ["promote", "staging", "--take", `evidence=${digest}`],
      pipeline.env,
    );
    expect(document.error?.check).toBe("handoff-digest-mismatch");
  });
});

describe("policy and manifest", () => {
  test("a policy loosened in the repository, with evidence of it", async () => {
    pipeline.repository.remove();
    pipeline = new GatedPipeline(pipeline.name, server.uri, 0.1);
    await registered();
    expect(await refusal("staging")).toBe("policy-not-accepted");
  });

  test("a policy loosened in the repository after the gate", async () => {
    await registered();
    const { manifest, folder } = pipeline.repository;
    const loosened = { ...manifest, policy: policyWithLimit(0.1) };
    writeFileSync(join(folder, ".slipway", `${pipeline.name}.json`), JSON.stringify(loosened));
    expect(await refusal("staging")).toBe("policy-not-accepted");
  });

  test("a manifest that the workflow does not name", async () => {
    await registered();
    expect(await refusal("staging", { SLIPWAY_MANIFEST_DIGEST: `sha256:${"0".repeat(64)}` })).toBe(
      "manifest-digest-mismatch",
    );
  });

  test("an environment that names no policy or no signer promotes nothing", async () => {
    await registered();
    for (const missing of ["SLIPWAY_ACCEPTED_POLICIES", "SLIPWAY_SIGNERS"]) {
      expect((await pipeline.promote("staging", { [missing]: "" })).exitCode).toBe(5);
    }
    expect(await refusal("staging", { SLIPWAY_ACCEPTED_POLICIES: '{"gate": []}' })).toBe("policy-not-accepted");
  });
});

describe("model files", () => {
  test("a file edited in the store", async () => {
    const digest = await registered();
    overwrite(join(pipeline.store, "models/sha256", digest.slice(7), "weights.bin"), "worse");
    expect(await refusal("staging")).toBe("model-digest-mismatch");
  });

  test("a file edited in the registry, past every permission of the pipeline", async () => {
    await registered();
    const files = await mlflow.registry.filesOf(pipeline.name, "1");
    const path = files.replace("mlflow-artifacts:/", "");
    await fetch(`${server.uri}/api/2.0/mlflow-artifacts/artifacts/${path}/weights.bin`, {
      method: "PUT",
      body: "worse",
    });
    expect(await refusal("staging")).toBe("registry-files-differ");
  });

  test("another version that carries the model's tag", async () => {
    const digest = await registered();
    await pipeline.gate("worse", "none", { outcome: "failed" });
    const run = await mlflow.tracking.startRun(await mlflow.tracking.experiment("mallory"), "x", 1, {});
    await mlflow.artifacts.uploadFolder(join(pipeline.repository.work, "model"), `${run.artifactUri}/m`);
    await server.rest("DELETE", "model-versions/delete", { name: pipeline.name, version: "1" });
    await mlflow.registry.createVersion(pipeline.name, `${run.artifactUri}/m`, run.id, "", {
      "slipway.model-digest": digest,
    });
    await pipeline.evidenceAbout(digest, "none");
    expect(await refusal("staging")).toBe("registry-files-differ");
  });

  test("a model edited between gate and registration", async () => {
    await pipeline.gate("first", "none");
    pipeline.repository.put("model", "weights.bin", "worse");
    expect(checkOf(await pipeline.register())).toBe("other-model");
  });
});

describe("the registry by raw REST", () => {
  test("an alias that was moved", async () => {
    const first = await inProduction();
    await pipeline.gate("second", first);
    await pipeline.register();
    await server.rest("POST", "registered-models/alias", { name: pipeline.name, alias: "production", version: "2" });
    expect(await refusal("staging")).toBe("alias-moved");
    expect(checkOf(await pipeline.repository.slipway(["baseline"], pipeline.env))).toBe("alias-moved");
  });

  test("an alias that was deleted, to make it look like the first model", async () => {
    await inProduction();
    await server.rest("DELETE", "registered-models/alias", { name: pipeline.name, alias: "production" });
    await pipeline.gate("second", "none");
    expect(await refusal("staging")).toBe("alias-missing");
    expect(checkOf(await pipeline.repository.slipway(["baseline"], pipeline.env))).toBe("alias-missing");
  });

  test("an alias set by hand where nothing was promoted", async () => {
    await registered();
    await server.rest("POST", "registered-models/alias", { name: pipeline.name, alias: "production", version: "1" });
    expect(await refusal("staging")).toBe("alias-without-record");
  });

  test("a version that was deleted", async () => {
    await registered();
    await server.rest("DELETE", "model-versions/delete", { name: pipeline.name, version: "1" });
    expect(await refusal("staging")).toBe("version-missing");
  });

  test("a version that was deleted while it was in production: MLflow drops its alias without a word", async () => {
    const first = await inProduction();
    await server.rest("DELETE", "model-versions/delete", { name: pipeline.name, version: "1" });
    await pipeline.gate("second", first);
    expect(await refusal("staging")).toBe("alias-missing");
  });

  test("production without staging", async () => {
    await registered();
    expect(await refusal("production")).toBe("not-in-previous-environment");
  });
});

describe("promotion records", () => {
  test("an edited record", async () => {
    const first = await inProduction();
    editPayload(recordFile("production", 1), (text) => text.replace('"ann"', '"eve"'));
    await pipeline.gate("second", first);
    expect(await refusal("staging")).toBe("signature-invalid");
  });

  test("a replayed record", async () => {
    const first = await inProduction();
    copyFileSync(recordFile("production", 1), recordFile("production", 2));
    await pipeline.gate("second", first);
    expect(await refusal("staging")).toBe("record-chain-broken");
  });

  test("a record of another environment", async () => {
    await registered();
    await pipeline.promote("staging");
    mkdirSync(dirname(recordFile("production", 1)), { recursive: true });
    copyFileSync(recordFile("staging", 1), recordFile("production", 1));
    expect(await refusal("production")).toBe("record-chain-broken");
  });

  test("a record signed by somebody else", async () => {
    await registered();
    const mallory = createSigningKeyPair();
    const signers = JSON.stringify([
      { kind: "ed25519", name: "gate", publicKey: pipeline.key.publicKey, assurance: "ci" },
      { kind: "ed25519", name: "mallory", publicKey: mallory.publicKey, assurance: "ci" },
    ]);
    await pipeline.promote("staging", { SLIPWAY_SIGNING_KEY: mallory.privateKey, SLIPWAY_SIGNERS: signers });
    expect(records("staging")).toHaveLength(1);
    expect(await refusal("production")).toBe("signer-not-accepted");
  });

  test("a promotion whose own key no one accepts writes nothing", async () => {
    await registered();
    expect(await refusal("staging", { SLIPWAY_SIGNING_KEY: createSigningKeyPair().privateKey })).toBe(
      "signer-not-accepted",
    );
  });

  test("the last record removed, to bring an older model back", async () => {
    const first = await inProduction();
    await pipeline.gate("second", first);
    await pipeline.register();
    await pipeline.promote("staging");
    await pipeline.promote("production");
    rmSync(recordFile("production", 2));
    await pipeline.gate("third", first);
    expect(await refusal("staging")).toBe("alias-moved");
  });

  test("all records removed, to look like the first model", async () => {
    await inProduction();
    rmSync(recordFile("production", 1));
    await pipeline.gate("second", "none");
    expect(await refusal("staging")).toBe("alias-without-record");
  });
});
