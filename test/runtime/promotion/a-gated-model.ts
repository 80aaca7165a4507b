import { rmSync } from "node:fs";
import { join } from "node:path";
import { createSigningKeyPair, type SigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import type { PipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import type { PolicyDocument, ServingPolicy } from "../../../lib/blueprint/policy/policy-document";
import { policyDigest } from "../../../lib/blueprint/policy/quality-policy";
import { evidenceText, signEvidence } from "../../../lib/runtime/evidence/evidence-file";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { type GateMeasures, gateMeasuresStatement } from "../../../lib/verdict/evidence/gate-measures";
import type { Finding } from "../../../lib/verdict/gate-verdict";
import { ModelRepository, type Called } from "../a-model-repository";

/** A policy with one limit, so that one finding judges it. */
export function policyWithLimit(limit: number): PolicyDocument {
  return {
    gate: {
      decision: null,
      confidence: 0.95,
      minimumGroup: { rows: 100, positives: 10 },
      bootstrap: { replicates: 200, seed: 1 },
      accuracy: [{ kind: "absolute", metric: "auc", comparison: "atLeast", limit, on: "estimate", slice: null }],
      fairness: [],
      evidenceMaxAgeHours: 72,
    },
    serving: null,
    drift: null,
  };
}

export interface GateChanges {
  readonly measures?: Partial<GateMeasures>;
  readonly outcome?: Finding["outcome"];
  /** Who signs instead of the gate. */
  readonly key?: SigningKeyPair;
}

/** What a pipeline of the tests says besides. */
export interface PipelineChanges {
  readonly pipeline?: Partial<PipelineDocument>;
  /** @default - nothing of latency is promised */
  readonly serving?: ServingPolicy | null;
}

/** A pipeline with a store, two environments, a gate's key, and what the gate would hand over. */
export class GatedPipeline {
  public readonly repository: ModelRepository;
  public readonly store: string;
  public readonly key = createSigningKeyPair();
  public readonly policy: PolicyDocument;

  public constructor(
    public readonly name: string,
    private readonly trackingUri: string,
    private readonly limit = 0.7,
    { pipeline = {}, serving = null }: PipelineChanges = {},
  ) {
    this.policy = { ...policyWithLimit(limit), serving };
    this.repository = new ModelRepository(
      {
        name,
        registry: { kind: "mlflow", model: name, experiment: name },
        store: { kind: "directory", path: "store" },
        signing: { kind: "ed25519" },
        environments: [
          { name: "staging", approval: false, service: null, servedAt: null, needsLatencyVerdict: false },
          { name: "production", approval: true, service: null, servedAt: null, needsLatencyVerdict: true },
        ],
        ...pipeline,
      },
      { policy: this.policy },
    );
    this.store = join(this.repository.folder, "store");
  }

  /** What the protected environment holds. */
  public get env(): Record<string, string> {
    const signers = [{ kind: "ed25519", name: "gate", publicKey: this.key.publicKey, assurance: "ci" }];
    return {
      MLFLOW_TRACKING_URI: this.trackingUri,
      SLIPWAY_SIGNERS: JSON.stringify(signers),
      SLIPWAY_ACCEPTED_POLICIES: JSON.stringify({
        gate: [policyDigest(policyWithLimit(0.7), "gate")],
        serving: [policyDigest(this.policy, "serving")],
      }),
      SLIPWAY_SIGNING_KEY: this.key.privateKey,
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: "ann",
      GITHUB_REPOSITORY: "acme/insurance-risk",
      GITHUB_RUN_ID: "77",
    };
  }

  /** Puts a model and evidence about it into the working folder, as the gate leaves them. */
  public async gate(model: string, production: string, changes: GateChanges = {}): Promise<string> {
    rmSync(join(this.repository.work, "model"), { recursive: true, force: true });
    this.repository.put("model", "weights.bin", model);
    this.repository.put("model", "nested/MLmodel", `name: ${model}\n`);
    const digest = await this.repository.digest("model");
    await this.evidenceAbout(digest, production, changes);
    return digest;
  }

  public async evidenceAbout(modelDigest: string, production: string, changes: GateChanges = {}): Promise<void> {
    const statement = gateMeasuresStatement(modelDigest, this.measures(production, changes));
    const evidence = await signEvidence(statement, ed25519Signer((changes.key ?? this.key).privateKey));
    this.repository.put("evidence", "evidence.dsse.json", evidenceText(evidence));
  }

  public async register(env: Record<string, string> = {}): Promise<Called> {
    return await this.repository.slipway(["register"], { ...this.env, ...env });
  }

  public async promote(environment: string, env: Record<string, string> = {}): Promise<Called> {
    return await this.repository.slipway(["promote", environment], { ...this.env, ...env });
  }

  private measures(production: string, { measures = {}, outcome = "passed" }: GateChanges): GateMeasures {
    const finding: Finding = {
      threshold: "gate.accuracy[0]",
      title: "auc at least 0.7",
      measure: "auc",
      slice: null,
      comparison: "atLeast",
      limit: this.limit,
      value: outcome === "passed" ? 0.75 : 0.6,
      interval: null,
      rows: 4000,
      positives: 400,
      outcome,
      reason: outcome === "passed" ? null : "0.6 is under the limit",
      smallestProvableMargin: null,
      groups: null,
      measuredBy: "gate",
    };
    return {
      pipeline: this.name,
      repository: "acme/insurance-risk",
      gitRevision: "0123456789abcdef0123456789abcdef01234567",
      manifestDigest: `sha256:${"1".repeat(64)}`,
      policyDigests: {
        gate: policyDigest(this.policy, "gate"),
        serving: policyDigest(this.policy, "serving"),
        drift: policyDigest(this.policy, "drift"),
      },
      verdict: { outcome, findings: [finding], rows: 4000, clusters: 1000 },
      comparedWith: { production, anchors: [] },
      interface: { version: 1, signature: null, decisionThreshold: null },
      inputs: {},
      labelsVisibleToTraining: false,
      assurance: "ci",
      measuredBy: { tool: "slipway", version: "0.1.0" },
      measuredAt: this.repository.now.toISOString(),
      run: null,
      ...measures,
    };
  }
}
