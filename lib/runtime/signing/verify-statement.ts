import { createPublicKey, verify } from "node:crypto";
import type { KeylessSigner, PublicKeySigner, TrustedSigner } from "../../blueprint/identity";
import { RefusedError } from "../refusals";
import { type Envelope, preAuthEncoding, statementPayloadType } from "./dsse";
import { keyId } from "./public-key";
import { payloadOf, type SignedStatement } from "./signer";
import { loadSigstore } from "./sigstore";

/** A payload that one of the trusted signers signed, and which of them. */
export interface Verified {
  readonly payload: Buffer;
  readonly signer: TrustedSigner;
}

/**
 * Verifies a signed statement against the signers that are trusted here.
 *
 * @throws RefusedError `signer-not-accepted` when no trusted signer signed it, `signature-invalid` when a signature does not
 * hold over these bytes
 */
export async function verifyStatement(signed: SignedStatement, trusted: readonly TrustedSigner[]): Promise<Verified> {
  const signer =
    signed.kind === "dsse" ? verifyEnvelope(signed.envelope, trusted) : await verifyBundle(signed, trusted);
  return { payload: payloadOf(signed), signer };
}

function verifyEnvelope(envelope: Envelope, trusted: readonly TrustedSigner[]): TrustedSigner {
  if (envelope.payloadType !== statementPayloadType) {
    throw invalid(`its payload is ${JSON.stringify(envelope.payloadType)}, not an in-toto statement`);
  }
  const bytes = preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, "base64"));
  const keys = trusted.filter((signer): signer is PublicKeySigner => signer.kind !== "keyless");
  for (const { keyid, sig } of envelope.signatures) {
    const signer = keys.find(({ publicKey }) => keyId(createPublicKey(publicKey)) === keyid);
    if (signer === undefined) continue;
    const algorithm = signer.kind === "kms" ? "sha256" : null;
    if (verify(algorithm, bytes, createPublicKey(signer.publicKey), Buffer.from(sig, "base64"))) return signer;
    throw invalid(`the signature of ${signer.name} does not hold over these bytes`);
  }
  throw notAccepted(envelope.signatures.map(({ keyid }) => keyid).join(", ") || "nobody", trusted);
}

async function verifyBundle(
  { bundle }: Extract<SignedStatement, { kind: "sigstore" }>,
  trusted: readonly TrustedSigner[],
): Promise<TrustedSigner> {
  const { verify: verifySigstore } = loadSigstore();
  const identities = trusted.filter((signer): signer is KeylessSigner => signer.kind === "keyless");
  const failures: string[] = [];
  for (const signer of identities) {
    try {
      await verifySigstore(bundle, {
        certificateIssuer: signer.issuer,
        certificateIdentityURI: exactly(signer.identity),
      });
      return signer;
    } catch (error) {
      failures.push(`${signer.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw notAccepted(`a keyless identity (${failures.join("; ") || "none is trusted"})`, trusted);
}

/** Sigstore reads identities as regular expressions; a workflow's name is meant literally. */
function exactly(identity: string): string {
  return `^${identity.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}

function notAccepted(who: string, trusted: readonly TrustedSigner[]): RefusedError {
  return new RefusedError(
    "signer-not-accepted",
    `it is signed by ${who}; accepted here: ${trusted.map(({ name }) => name).join(", ") || "nobody"}`,
    "Use evidence of an accepted signer, or have the platform team add this one to the environment's signers.",
  );
}

function invalid(why: string): RefusedError {
  return new RefusedError("signature-invalid", why, "The file was changed after it was signed: run the gate again.");
}
