import type { Assurance } from "../../blueprint/identity";
import type { PolicySection } from "../../blueprint/policy/policy-document";
import type { GateVerdict } from "../gate-verdict";
import type { ModelInterface } from "../signature/compatibility";
import { modelSubject, type Statement } from "./statement";

export const gateMeasuresType = "https://slipway.dev/gate-measures/v1";

/** Everything the gate measured, from what, and who measured it. */
export interface GateMeasures {
  readonly pipeline: string;
  /** `owner/name`; `null` for a model repository that no host knows. */
  readonly repository: string | null;
  /** Commit the model was trained from; `null` when it was not a git checkout. */
  readonly gitRevision: string | null;
  readonly manifestDigest: string;
  /** Digest of every section of the policy; promotion holds `gate` against the accepted ones. */
  readonly policyDigests: Readonly<Record<PolicySection, string>>;
  readonly verdict: GateVerdict;
  readonly comparedWith: ComparedWith;
  /** What clients see of the model; promotion holds it against the model that stands in the environment. */
  readonly interface: ModelInterface;
  /** Digests of what was handed to the gate, by hand-off: labels, predictions, and what those were made from. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Whether the training code could have seen held-out labels, for example because the data lies in the repository. */
  readonly labelsVisibleToTraining: boolean;
  /** `laptop`: one user held code, labels and key. */
  readonly assurance: Assurance;
  readonly measuredBy: { readonly tool: "slipway"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly measuredAt: string;
  /** Where the run can be looked at; `null` on a laptop. */
  readonly run: string | null;
}

export interface ComparedWith {
  /** Model digest of the production model the candidate was judged against; `none` before the first. */
  readonly production: string;
  /** Model digests of the anchors. */
  readonly anchors: readonly string[];
}

export type GateMeasuresStatement = Statement<typeof gateMeasuresType, GateMeasures>;

export function gateMeasuresStatement(modelDigest: string, measures: GateMeasures): GateMeasuresStatement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [modelSubject(measures.pipeline, modelDigest)],
    predicateType: gateMeasuresType,
    predicate: measures,
  };
}
