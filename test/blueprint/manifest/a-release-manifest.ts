import type { ReleaseManifestParts } from "../../../lib/blueprint/manifest/release-manifest";

/** A manifest with every field filled, so that a new required field breaks compilation here before it breaks the schema. */
export const fullParts: ReleaseManifestParts = {
  repository: "acme/insurance-risk",
  defaultBranch: "main",
  pipeline: {
    name: "insurance-risk",
    root: ".",
    python: { version: "3.12", manager: "uv", lockFile: "uv.lock" },
    commands: { lint: "ruff check .", test: "pytest -q", train: "python train.py", predict: null },
    data: {
      kind: "url",
      url: "https://data.example/claims.parquet",
      sha256: "ab".repeat(32),
      format: "parquet",
      sample: "data/sample.csv",
    },
    heldOut: { fraction: 0.2, from: 5, seed: 7 },
    customStages: [
      { name: "licence-scan", run: "make licences", after: ["lint"], before: ["train"], lines: ["review"] },
    ],
    triggers: [
      { kind: "push" },
      { kind: "pullRequest" },
      { kind: "mergeGroup" },
      { kind: "manual" },
      { kind: "schedule", cron: "0 4 * * 1" },
      { kind: "newData", minLabelledRows: 1000, cron: "0 5 * * *" },
      { kind: "drift", cron: "0 6 * * *" },
    ],
    environments: [
      { name: "staging", approval: false, service: null, servedAt: null, needsLatencyVerdict: false },
      { name: "production", approval: true, service: "insurance-risk", servedAt: null, needsLatencyVerdict: true },
    ],
    registry: { kind: "mlflow", model: "insurance-risk", experiment: "insurance-risk" },
    store: { kind: "s3", bucket: "acme-models", prefix: "slipway", region: "eu-central-1", endpoint: null },
    signing: { kind: "kms", keyId: "alias/slipway", region: "eu-central-1" },
    packaging: {
      base: { kind: "image", reference: `python:3.12-slim@sha256:${"5".repeat(64)}`, lockFile: null },
      repository: "ghcr.io/acme/insurance-risk",
      platforms: ["linux/amd64", "linux/arm64"],
      server: null,
      files: ["risk_model.py"],
    },
    interfaceVersion: 2,
    timeoutMinutes: { train: 120 },
  },
  policy: {
    gate: {
      decision: { kind: "topFraction", fraction: 0.1 },
      confidence: 0.95,
      minimumGroup: { rows: 100, positives: 10 },
      bootstrap: { replicates: 2000, seed: 11 },
      accuracy: [
        { kind: "absolute", metric: "auc", comparison: "atLeast", limit: 0.7, on: "confidenceBound", slice: "site" },
        { kind: "relative", metric: "auc", against: "production", anchor: null, margin: 0.01 },
        { kind: "declared", metric: "cv_auc", comparison: "atLeast", limit: 0.6 },
      ],
      fairness: [
        {
          measure: "demographicParityDifference",
          group: "female",
          comparison: "atMost",
          limit: 0.1,
          on: "estimate",
        },
      ],
      evidenceMaxAgeHours: 72,
    },
    serving: {
      errorRate: 0.01,
      latency: {
        quantile: 0.95,
        atMostMillis: 150,
        smokeAtMostMillis: 450,
        atRequestsPerSecond: 20,
        atRowsPerRequest: 1,
      },
    },
    drift: { populationStabilityIndex: 0.2, kolmogorovSmirnov: null, features: ["age"] },
  },
  contract: { apiVersion: "v3.0.2", kind: "DataContract", id: "claims" },
  runtime: { version: "0.1.0", integrity: "sha512-AAAA" },
};
