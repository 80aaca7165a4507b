import { createPublicKey, verify } from "node:crypto";
import type { BundleVerifier } from "sigstore";
import type { KeylessSigner, PublicKeySigner, TrustedSigner } from "../../blueprint/identity";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { type Envelope, preAuthEncoding, statementPayloadType } from "./dsse";
import { keyId } from "./public-key";
import { payloadOf, type SignedStatement } from "./signer";
import { loadSigstore, type SigstoreTrustRoot } from "./sigstore";

/** A payload that one of the trusted signers signed, and which of them. */
export interface Verified {
  readonly payload: Buffer;
  readonly signer: TrustedSigner;
}

/**
 * Verifies a signed statement against the signers that are trusted here.
 *
 * @param root - whose certificates and log entries keyless signatures are held against; Sigstore's public instances by default
 * @throws RefusedError `signer-not-accepted` when no trusted signer signed it, `signature-invalid` when a signature does not
 * hold over these bytes
 * @throws BrokenEnvironmentError when Sigstore's trust root cannot be had, so that a keyless signature can be judged neither way
 */
export async function verifyStatement(
  signed: SignedStatement,
  trusted: readonly TrustedSigner[],
  root: SigstoreTrustRoot = {},
): Promise<Verified> {
  const signer =
    signed.kind === "dsse" ? verifyEnvelope(signed.envelope, trusted) : await verifyBundle(signed, trusted, root);
  return { payload: payloadOf(signed), signer };
}

function verifyEnvelope(envelope: Envelope, trusted: readonly TrustedSigner[]): TrustedSigner {
  checkPayloadType(envelope.payloadType);
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
  root: SigstoreTrustRoot,
): Promise<TrustedSigner> {
  const identities = trusted.filter((signer): signer is KeylessSigner => signer.kind === "keyless");
  if (identities.length === 0) throw notAccepted("a keyless identity", trusted);
  const { issuer, identity } = certifiedSigner(await openVerifier(root), bundle);
  checkPayloadType(bundle.dsseEnvelope?.payloadType);
  // Compared here and not by sigstore, which reads identities as regular expressions: a workflow's name is meant literally.
  const signer = identities.find((each) => each.issuer === issuer && each.identity === identity);
  if (signer !== undefined) return signer;
  throw notAccepted(`${identity ?? "no identity"} by a token of ${issuer ?? "no issuer"}`, trusted);
}

/** Verifiers of this process by trust root, so that a chain of records asks the TUF repository once. */
const verifiers = new Map<string, Promise<BundleVerifier>>();

async function openVerifier(root: SigstoreTrustRoot): Promise<BundleVerifier> {
  const { createVerifier } = loadSigstore();
  const key = JSON.stringify(root);
  const opening = verifiers.get(key) ?? createVerifier(root);
  verifiers.set(key, opening);
  try {
    return await opening;
  } catch (error) {
    verifiers.delete(key);
    throw new BrokenEnvironmentError(
      `Sigstore's trust root cannot be had, so keyless signatures cannot be verified: ${messageOf(error)}`,
      "Let this job reach Sigstore's TUF repository (tuf-repo-cdn.sigstore.dev), or have the gate sign with a KMS key.",
    );
  }
}

/** Whom the certificate names, once certificate, log entry and signature hold. Nothing here needs the network. */
function certifiedSigner(
  verifier: BundleVerifier,
  bundle: Parameters<BundleVerifier["verify"]>[0],
): { readonly issuer: string | undefined; readonly identity: string | undefined } {
  try {
    const { identity } = verifier.verify(bundle);
    return { issuer: identity?.extensions?.issuer, identity: identity?.subjectAlternativeName };
  } catch (error) {
    throw invalid(`its keyless signature does not hold: ${messageOf(error)}`);
  }
}

function checkPayloadType(type: string | undefined): void {
  if (type === statementPayloadType) return;
  throw invalid(`its payload is ${JSON.stringify(type ?? null)}, not an in-toto statement`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
