import { InvalidInputError } from "../../blueprint/problems";
import type { TrustedSigner } from "../../blueprint/identity";
import type { SignedEvidence } from "../../verdict/evidence/acceptance";
import { type GateMeasures, gateMeasuresType, type GateMeasuresStatement } from "../../verdict/evidence/gate-measures";
import {
  type VerificationSummary,
  verificationSummaryStatement,
  verificationSummaryType,
} from "../../verdict/evidence/verification-summary";
import { canonicalText, textDigest } from "../../blueprint/manifest/canonical-text";
import { RefusedError } from "../refusals";
import { isSignedStatement, payloadOf, type SignedStatement, type Signer } from "../signing/signer";
import type { SigstoreTrustRoot } from "../signing/sigstore";
import { readStatement, statementBytes } from "../signing/statement-text";
import { verifyStatement } from "../signing/verify-statement";

/** `evidence.dsse.json`: what the gate measured and its summary, each signed. */
export interface EvidenceFile {
  readonly kind: "slipway.evidence";
  readonly version: 1;
  readonly measures: SignedStatement;
  readonly summary: SignedStatement;
}

/** Evidence whose signatures hold, and who made them. */
export interface VerifiedEvidence extends SignedEvidence {
  readonly signer: TrustedSigner;
}

/** Signs what the gate measured; the summary names the measures by the digest of their payload. */
export async function signEvidence(measures: GateMeasuresStatement, signer: Signer): Promise<EvidenceFile> {
  const bytes = statementBytes(measures);
  const summary = verificationSummaryStatement(measures, textDigest(bytes));
  return {
    kind: "slipway.evidence",
    version: 1,
    measures: await signer.sign(bytes),
    summary: await signer.sign(statementBytes(summary)),
  };
}

export function evidenceText(evidence: EvidenceFile): string {
  return canonicalText(evidence);
}

/**
 * Reads an evidence file; nothing in it is to be believed before {@link verifyEvidence}.
 *
 * @throws InvalidInputError when it is no evidence file
 */
export function parseEvidence(text: string, subject = "evidence"): EvidenceFile {
  let value: Partial<EvidenceFile> | null;
  try {
    value = JSON.parse(text) as Partial<EvidenceFile> | null;
  } catch {
    value = null;
  }
  if (
    value?.kind === "slipway.evidence" &&
    value.version === 1 &&
    isSignedStatement(value.measures) &&
    isSignedStatement(value.summary)
  ) {
    return value as EvidenceFile;
  }
  throw new InvalidInputError(subject, [
    {
      path: "(file)",
      value: text.slice(0, 80),
      says: "is no evidence file of version 1",
      remedy: "Give the evidence.dsse.json that `slipway gate` wrote.",
    },
  ]);
}

/**
 * Verifies both signatures and reads what was signed. One signer must have made both: the summary says nothing about assurance by
 * itself, and nobody vouches for what somebody else measured.
 *
 * @param root - see {@link verifyStatement}
 * @throws RefusedError by the name of what does not hold
 */
export async function verifyEvidence(
  evidence: EvidenceFile,
  trusted: readonly TrustedSigner[],
  root: SigstoreTrustRoot = {},
): Promise<VerifiedEvidence> {
  const measures = await verifyStatement(evidence.measures, trusted, root);
  const summary = await verifyStatement(evidence.summary, trusted, root);
  if (summary.signer !== measures.signer) {
    throw new RefusedError(
      "signers-differ",
      `the measures are signed by ${measures.signer.name}, their summary by ${summary.signer.name}`,
      "Use the file as one run of the gate wrote it.",
    );
  }
  const statement = readStatement<typeof gateMeasuresType, GateMeasures>(measures.payload, gateMeasuresType);
  if (measures.signer.assurance === "laptop" && statement.predicate.assurance !== "laptop") {
    throw new RefusedError(
      "assurance-overstated",
      `${measures.signer.name} is trusted as a laptop's key, but the evidence claims the assurance of "${statement.predicate.assurance}"`,
      "Run the gate in CI, or on the laptop as what it is.",
    );
  }
  return {
    measures: statement,
    measuresDigest: textDigest(measures.payload),
    summary: readStatement<typeof verificationSummaryType, VerificationSummary>(
      summary.payload,
      verificationSummaryType,
    ),
    signer: measures.signer,
  };
}

/** What the evidence says, unverified: for showing it to people. */
export function unverifiedMeasures(evidence: EvidenceFile): GateMeasuresStatement {
  return readStatement<typeof gateMeasuresType, GateMeasures>(payloadOf(evidence.measures), gateMeasuresType);
}
