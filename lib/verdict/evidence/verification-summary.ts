import type { Outcome } from "../gate-verdict";
import type { GateMeasuresStatement } from "./gate-measures";
import type { Statement } from "./statement";

export const verificationSummaryType = "https://slsa.dev/verification_summary/v1";

/** A SLSA verification summary: the verdict in the form that other tools read. https://slsa.dev/spec/v1.1/verification_summary */
export interface VerificationSummary {
  readonly verifier: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: { readonly uri: string; readonly digest: { readonly sha256: string } };
  readonly inputAttestations: readonly { readonly uri: string; readonly digest: { readonly sha256: string } }[];
  /** SLSA knows two results: undecided is written as FAILED, because it is no pass. */
  readonly verificationResult: "PASSED" | "FAILED";
  /** Never a level of SLSA's own: the gate verifies models, not builds. */
  readonly verifiedLevels: readonly string[];
}

export type VerificationSummaryStatement = Statement<typeof verificationSummaryType, VerificationSummary>;

/**
 * Sums up what the measures say.
 *
 * @param measuresDigest - sha256 of the measures statement's payload bytes, `sha256:...`
 */
export function verificationSummaryStatement(
  measures: GateMeasuresStatement,
  measuresDigest: string,
): VerificationSummaryStatement {
  const { pipeline, policyDigests, measuredAt, measuredBy, verdict } = measures.predicate;
  const passed = verdict.outcome === "passed";
  return {
    _type: measures._type,
    subject: measures.subject,
    predicateType: verificationSummaryType,
    predicate: {
      verifier: { id: "https://slipway.dev/gate", version: { [measuredBy.tool]: measuredBy.version } },
      timeVerified: measuredAt,
      resourceUri: `slipway:${pipeline}`,
      policy: { uri: `slipway:${pipeline}/policy/gate`, digest: { sha256: hex(policyDigests.gate) } },
      inputAttestations: [{ uri: measures.predicateType, digest: { sha256: hex(measuresDigest) } }],
      verificationResult: resultOf(verdict.outcome),
      verifiedLevels: passed ? ["SLIPWAY_GATE_PASSED"] : ["FAILED"],
    },
  };
}

export function resultOf(outcome: Outcome): VerificationSummary["verificationResult"] {
  return outcome === "passed" ? "PASSED" : "FAILED";
}

function hex(digest: string): string {
  return digest.replace(/^sha256:/, "");
}
