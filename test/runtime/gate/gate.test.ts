import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { demographicParityDifference, metric, QualityPolicy, type QualityPolicyProps, topFraction } from "../../../lib";
import type { TrustedSigner } from "../../../lib/blueprint/identity";
import { writeBaseline } from "../../../lib/runtime/baseline/baseline-document";
import { parseEvidence, verifyEvidence, type VerifiedEvidence } from "../../../lib/runtime/evidence/evidence-file";
import { ModelRepository } from "../a-model-repository";

const key = createSigningKeyPair();
const laptop: TrustedSigner = { kind: "ed25519", name: "me", publicKey: key.publicKey, assurance: "laptop" };
const signing = { SLIPWAY_SIGNING_KEY: key.privateKey };
const productionDigest = `sha256:${"c".repeat(64)}`;

const rows = 400;
/** Labels that follow the row number; `good` follows them closely, `coin` not at all. */
const label = "CAST(hash(i) % 10 < 3 AS DOUBLE)";
const good = `(${label} * 0.5 + (hash(i * 7) % 1000) / 2000.0)`;
const coin = "((hash(i * 13) % 1000) / 1000.0)";

/** Models of the same strength that err on different rows. */
const medium = (seed: number): string => `(${label} * 0.2 + (hash(i * ${seed}) % 1000) / 1000.0)`;

const usual: QualityPolicyProps = {
  decision: topFraction(0.3),
  accuracy: [metric("auc").atLeast(0.7)],
  fairness: [demographicParityDifference({ group: "sex" }).atMost(0.2)],
  bootstrap: { replicates: 300 },
};

let repository: ModelRepository;
afterEach(() => {
  repository.remove();
});

interface Given {
  readonly policy?: QualityPolicyProps;
  /** SQL for the candidate's score of row i. @default - a good model */
  readonly candidate?: string;
  /** SQL over `range(rows)` that selects which rows are predicted. @default - all */
  readonly predicted?: string;
  /** SQL for the production model's score; absent for a first model. */
  readonly production?: string;
}

/** A run that stands before its gate. */
async function beforeTheGate({
  policy = usual,
  candidate = good,
  predicted = "SELECT range AS i FROM range(400)",
  production,
}: Given): Promise<void> {
  repository = new ModelRepository({ signing: { kind: "ed25519" } });
  const manifest = { ...repository.manifest, policy: new QualityPolicy(policy).toDocument() };
  repository.write(`.slipway/${manifest.pipeline.name}.json`, JSON.stringify(manifest));
  for (const folder of ["labels", "predictions", "baseline"])
    mkdirSync(join(repository.work, folder), { recursive: true });
  const file = (path: string): string => join(repository.work, path);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const copy = (select: string, path: string): Promise<unknown> =>
    connection.run(`COPY (${select}) TO '${file(path)}' (FORMAT parquet)`);
  await copy(
    `SELECT range AS slipway_row, ${label} AS slipway_label, range // 2 AS slipway_cluster, if(range % 2 = 0, 'f', 'm') AS sex FROM (SELECT range, range AS i FROM range(${rows}))`,
    "labels/labels.parquet",
  );
  await copy(`SELECT i AS slipway_row, ${candidate} AS score FROM (${predicted})`, "predictions/candidate.parquet");
  if (production !== undefined) {
    await copy(
      `SELECT i AS slipway_row, ${production} AS score FROM (SELECT range AS i FROM range(${rows}))`,
      "predictions/production.parquet",
    );
  }
  connection.closeSync();
  await writeBaseline(file("baseline"), {
    kind: "slipway.baseline",
    version: 1,
    production: production === undefined ? null : { digest: productionDigest, version: "3", record: productionDigest },
    anchors: [],
  });
  repository.put("model", "model.bin", "weights");
}

async function evidence(): Promise<VerifiedEvidence> {
  const text = readFileSync(join(repository.work, "evidence", "evidence.dsse.json"), "utf8");
  return verifyEvidence(parseEvidence(text), [laptop]);
}

test("a good model passes, with signed evidence about this very model", async () => {
  await beforeTheGate({});
  const called = await repository.slipway(["gate"], signing);
  expect(called).toMatchObject({ exitCode: 0, document: { outcome: "passed", signed: true } });
  const { measures, signer } = await evidence();
  expect(signer).toEqual(laptop);
  expect(`sha256:${measures.subject[0]!.digest.sha256}`).toBe(await repository.digest("model"));
  expect(measures.predicate).toMatchObject({
    pipeline: "insurance-risk",
    assurance: "laptop",
    labelsVisibleToTraining: true,
    comparedWith: { production: "none" },
    measuredAt: "2026-03-01T12:00:00.000Z",
    inputs: { labels: await repository.digest("labels"), predictions: await repository.digest("predictions") },
    verdict: { outcome: "passed", rows, clusters: rows / 2 },
  });
});

test("a model below the limit is refused; the evidence says so and the summary shows the table", async () => {
  await beforeTheGate({ candidate: coin });
  const summary = join(repository.folder, "summary.md");
  const called = await repository.slipway(["gate"], { ...signing, GITHUB_STEP_SUMMARY: summary });
  expect(called).toMatchObject({ exitCode: 3, document: { outcome: "refused" } });
  expect((await evidence()).summary.predicate.verificationResult).toBe("FAILED");
  expect(readFileSync(summary, "utf8")).toMatch(
    /\| auc at least 0.7 \| 0\.\d{4} \| 0\.\d{4} to 0\.\d{4} \| 400 \| ❌ failed: .* is below 0.7 \|/,
  );
});

test("the order of rows in the files does not change a digit", async () => {
  await beforeTheGate({});
  const straight = (await repository.slipway(["gate", "--local"])).document.verdict;
  repository.remove();
  await beforeTheGate({ predicted: "SELECT range AS i FROM range(400) ORDER BY hash(range)" });
  expect((await repository.slipway(["gate", "--local"])).document.verdict).toEqual(straight);
});

describe("against production", () => {
  const policy: QualityPolicyProps = {
    accuracy: [metric("auc").notWorseThanProduction({ margin: 0.01 })],
    bootstrap: { replicates: 300 },
  };

  test.each([
    ["a first model passes", undefined, good, 0],
    ["the same model passes", good, good, 0],
    ["a clearly worse one is refused", good, coin, 3],
    ["one of the same strength is undecided", medium(7), medium(31), 4],
  ])("%s", async (_, production, candidate, exitCode) => {
    await beforeTheGate({ policy, candidate, ...(production === undefined ? {} : { production }) });
    expect(await repository.slipway(["gate", "--local"])).toMatchObject({ exitCode });
  });

  test("the evidence names the model it was compared with", async () => {
    await beforeTheGate({ policy, production: good });
    await repository.slipway(["gate"], signing);
    expect((await evidence()).measures.predicate.comparedWith.production).toBe(productionDigest);
  });
});

test("a production model that was not scored is refused, not taken for none", async () => {
  await beforeTheGate({ production: good });
  rmSync(join(repository.work, "predictions", "production.parquet"));
  expect(await repository.slipway(["gate", "--local"])).toMatchObject({
    exitCode: 3,
    document: { error: { check: "predictions-missing" } },
  });
});

describe("predictions that are not one finite score per row", () => {
  test.each([
    [
      "a row without one fails the gate",
      { predicted: "SELECT range AS i FROM range(399)" },
      { document: { outcome: "refused" } },
    ],
    ["a null fails the gate", { candidate: `if(i = 7, NULL, ${good})` }, { document: { outcome: "refused" } }],
    ["NaN fails the gate", { candidate: `if(i = 7, 'nan'::DOUBLE, ${good})` }, { document: { outcome: "refused" } }],
    [
      "infinity fails the gate",
      { candidate: `if(i = 7, 'inf'::DOUBLE, ${good})` },
      { document: { outcome: "refused" } },
    ],
    [
      "rows that were not asked for are refused by name",
      { predicted: "SELECT range AS i FROM range(401)" },
      { document: { error: { check: "predictions-of-other-rows" } } },
    ],
    [
      "a row predicted twice is refused by name",
      { predicted: "SELECT range AS i FROM range(400) UNION ALL SELECT 3" },
      { document: { error: { check: "predictions-of-other-rows" } } },
    ],
  ])("%s", async (_, given, expected) => {
    await beforeTheGate(given);
    expect(await repository.slipway(["gate", "--local"])).toMatchObject({ exitCode: 3, ...expected });
  });
});

describe("on the review line", () => {
  test("figures are reported and no limit is enforced, nothing is signed", async () => {
    await beforeTheGate({ candidate: coin });
    const called = await repository.slipway(["gate", "--smoke", "--line", "review"], signing);
    expect(called).toMatchObject({ exitCode: 0, document: { signed: false, verdict: { outcome: "failed" } } });
    expect(() => readFileSync(join(repository.work, "evidence", "evidence.dsse.json"))).toThrow("ENOENT");
  });

  test("what cannot be measured at all is refused", async () => {
    await beforeTheGate({ candidate: "'nan'::DOUBLE" });
    expect(await repository.slipway(["gate", "--smoke", "--line", "review"])).toMatchObject({
      exitCode: 3,
      document: { error: { check: "not-measurable" } },
    });
  });
});

describe("what the gate is handed", () => {
  test.each(["labels", "predictions", "model", "baseline"] as const)(
    "%s changed on the way are refused",
    async (handoff) => {
      await beforeTheGate({});
      const takes = await Promise.all(
        (["labels", "predictions", "model", "baseline"] as const).map(async (name) => [
          "--take",
          `${name}=${await repository.digest(name)}`,
        ]),
      );
      repository.put(handoff, "labels.parquet", "other bytes");
      const called = await repository.slipway(["gate", ...takes.flat()], signing);
      expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "handoff-digest-mismatch" } } });
    },
  );

  test("a branch that is not the default one signs nothing in CI", async () => {
    await beforeTheGate({});
    const called = await repository.slipway(["gate"], {
      ...signing,
      GITHUB_ACTIONS: "true",
      GITHUB_REF: "refs/heads/mine",
    });
    expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "not-the-default-branch" } } });
  });

  test("without a key it is a broken environment that says what to install", async () => {
    await beforeTheGate({});
    const called = await repository.slipway(["gate"]);
    expect(called.exitCode).toBe(5);
    expect(called.stderr).toContain("SLIPWAY_SIGNING_KEY");
  });
});

test("edited evidence does not verify", async () => {
  await beforeTheGate({ candidate: coin });
  await repository.slipway(["gate"], signing);
  const file = join(repository.work, "evidence", "evidence.dsse.json");
  const bundle = JSON.parse(readFileSync(file, "utf8")) as { measures: { envelope: { payload: string } } };
  const payload = Buffer.from(bundle.measures.envelope.payload, "base64").toString().replaceAll('"failed"', '"passed"');
  bundle.measures.envelope.payload = Buffer.from(payload).toString("base64");
  writeFileSync(file, JSON.stringify(bundle));
  await expect(evidence()).rejects.toMatchObject({ check: "signature-invalid" });
});
