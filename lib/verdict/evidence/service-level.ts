import type { Assurance } from "../../blueprint/identity";
import type { LatencyFigures } from "../latency/latency-figures";
import type { ServingVerdict } from "../latency/judge-latency";
import { modelSubject, type Statement } from "./statement";

export const serviceLevelType = "https://slipway.dev/service-level/v1";

/** What was measured of a model where it is served, on the hardware that serves it. */
export interface ServiceLevel {
  readonly pipeline: string;
  readonly repository: string | null;
  readonly environment: string;
  /** Where it was served. */
  readonly address: string;
  /** What the server said it is, for example `slipway-serving/0.1.0`. */
  readonly server: string;
  /** Digest of the policy's serving section, whose limits these are. */
  readonly servingPolicy: string;
  readonly verdict: ServingVerdict;
  readonly figures: LatencyFigures;
  readonly assurance: Assurance;
  readonly measuredBy: { readonly tool: "slipway"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly measuredAt: string;
  /** Where the run can be looked at; `null` on a laptop. */
  readonly run: string | null;
}

export type ServiceLevelStatement = Statement<typeof serviceLevelType, ServiceLevel>;

export function serviceLevelStatement(modelDigest: string, level: ServiceLevel): ServiceLevelStatement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [modelSubject(level.pipeline, modelDigest)],
    predicateType: serviceLevelType,
    predicate: level,
  };
}
