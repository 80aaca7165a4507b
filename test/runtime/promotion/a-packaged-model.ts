import { createHash } from "node:crypto";
import type { ServingPolicy } from "../../../lib/blueprint/policy/policy-document";
import { policyDigest } from "../../../lib/blueprint/policy/quality-policy";
import { canonicalText } from "../../../lib/blueprint/manifest/canonical-text";
import type { SigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { keepServiceLevel } from "../../../lib/runtime/records/service-levels";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { statementBytes } from "../../../lib/runtime/signing/statement-text";
import { DirectoryStore } from "../../../lib/runtime/store/directory-store";
import { imageStatement } from "../../../lib/verdict/evidence/image-statement";
import { type ServiceLevel, serviceLevelStatement } from "../../../lib/verdict/evidence/service-level";
import type { Statement } from "../../../lib/verdict/evidence/statement";
import { judgeServing, servingLimit } from "../../../lib/verdict/latency/judge-latency";
import { type LatencyFigures, latencyFigures } from "../../../lib/verdict/latency/latency-figures";
import { fullParts } from "../../blueprint/manifest/a-release-manifest";
import { GatedPipeline } from "./a-gated-model";

/** 95 of 100 requests within 100 ms, at 20 a second. */
export const PROMISED: ServingPolicy = {
  errorRate: 0.02,
  latency: { quantile: 0.95, atMostMillis: 100, smokeAtMostMillis: 300, atRequestsPerSecond: 20, atRowsPerRequest: 1 },
};

export interface Measured {
  /** What every request took. @default - 1,200 requests of 20 to 60 ms */
  readonly millis?: (request: number) => number;
  /** What the statement says instead of what holds. */
  readonly level?: Partial<ServiceLevel>;
  /** Model that the statement is about. @default - the one it is kept under */
  readonly about?: string;
  readonly key?: SigningKeyPair;
}

/** A gated pipeline that packages, and whose production asks for the latency that staging measured. */
export class PackagedPipeline extends GatedPipeline {
  public constructor(name: string, trackingUri: string) {
    super(name, trackingUri, 0.7, {
      serving: PROMISED,
      pipeline: {
        packaging: fullParts.pipeline.packaging,
        environments: [
          {
            name: "staging",
            approval: false,
            service: null,
            servedAt: "http://risk.staging.svc:8080",
            needsLatencyVerdict: false,
          },
          { name: "production", approval: true, service: null, servedAt: null, needsLatencyVerdict: true },
        ],
      },
    });
  }

  /** What the package job hands over: the signed statement of an image that holds the model. @returns the image's digest */
  public async packaged(model: string, { key = this.key, build = "first" } = {}): Promise<string> {
    const image = `sha256:${createHash("sha256").update(`${build} image of ${model}`).digest("hex")}`;
    const { packaging, python } = this.repository.manifest.pipeline;
    const statement = imageStatement(
      "ghcr.io/acme/insurance-risk",
      image,
      {
        pipeline: this.name,
        repository: "acme/insurance-risk",
        model,
        base: { reference: "python:3.12-slim", digest: `sha256:${"5".repeat(64)}` },
        lock: { file: python.lockFile, digest: `sha256:${"6".repeat(64)}` },
        platforms: packaging!.platforms,
        server: null,
      },
      { manifestDigest: `sha256:${"1".repeat(64)}`, version: "0.1.0", run: null },
    );
    this.repository.put("image", "image.dsse.json", await signed(statement, key));
    return image;
  }

  /** Keeps what was measured of a model in staging where `verify` keeps it. */
  public async measured(model: string, { millis, level, about, key }: Measured = {}): Promise<void> {
    const figures = figuresOf(millis ?? ((request) => 20 + (request % 41)));
    const statement = serviceLevelStatement(about ?? model, {
      pipeline: this.name,
      repository: "acme/insurance-risk",
      environment: "staging",
      address: "http://risk.staging.svc:8080",
      server: "slipway-serving/0.1.0",
      servingPolicy: policyDigest(this.policy, "serving"),
      verdict: judgeServing(figures, servingLimit(PROMISED, { smoke: false })),
      figures,
      assurance: "ci",
      measuredBy: { tool: "slipway", version: "0.1.0" },
      measuredAt: this.repository.now.toISOString(),
      run: null,
      ...level,
    });
    const place = { pipeline: this.name, environment: "staging", modelDigest: model };
    await keepServiceLevel(new DirectoryStore(this.store), place, await signed(statement, key ?? this.key));
  }
}

async function signed(statement: Statement<string, unknown>, key: SigningKeyPair): Promise<Buffer> {
  return Buffer.from(canonicalText(await ed25519Signer(key.privateKey).sign(statementBytes(statement))));
}

/** The figures of a minute at the promised rate. */
export function figuresOf(millis: (request: number) => number): LatencyFigures {
  const requests = 1_200;
  return latencyFigures(
    {
      millis: Float64Array.from({ length: requests }, (_, request) => millis(request)),
      failures: {},
      rateAsked: 20,
      rateAchieved: 20,
      seconds: 60,
      generator: { lateMillis: { p50: 0.1, p99: 0.5, p999: 1, max: 1 }, eventLoopMillis: 1, waitedForConnection: 0 },
    },
    { confidence: 0.95, quantiles: [0.95] },
  );
}
