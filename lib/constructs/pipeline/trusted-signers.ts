import { createPublicKey } from "node:crypto";
import type { TrustedSigner } from "../../blueprint/identity";
import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Problems } from "../../blueprint/problems";

/**
 * Whose evidence promotion accepts. Signing without a key names its signer by itself: the delivery workflow at the default
 * branch. A key has to be named by its public half, because nothing else says that it is the pipeline's.
 */
export function trustedSigners(
  pipeline: PipelineDocument,
  stated: readonly TrustedSigner[] | undefined,
  keyless: TrustedSigner | undefined,
  problems: Problems,
): readonly TrustedSigner[] {
  stated?.forEach((signer, index) => {
    checkSigner(signer, `trustedSigners[${index}]`, problems);
  });
  if (stated !== undefined) return stated;
  if (pipeline.signing.kind === "keyless") return keyless === undefined ? [] : [keyless];
  if (pipeline.environments.length > 0) {
    problems.add(
      "trustedSigners",
      undefined,
      `is required where evidence is signed with a key of ${pipeline.signing.kind}: promotion would trust nobody`,
      'Name its public key, as `slipway keys` prints it: trustedSigners: [Signer.ed25519("ci", publicKey)].',
    );
  }
  return [];
}

function checkSigner(signer: TrustedSigner, path: string, problems: Problems): void {
  if (signer.kind === "keyless") return;
  // Node takes a private key where a public one is asked for.
  if (signer.publicKey.includes("PRIVATE KEY")) {
    problems.add(
      `${path}.publicKey`,
      "(not shown)",
      "is a private key, and now stands in a program",
      "Revoke it with `slipway keys`, and name the public half of the next one.",
    );
    return;
  }
  const type = keyType(signer.publicKey);
  if (type === null) {
    problems.add(
      `${path}.publicKey`,
      signer.publicKey,
      "is not a public key in PEM",
      "Paste the text that begins with -----BEGIN PUBLIC KEY-----.",
    );
  } else if (signer.kind === "ed25519" && type !== "ed25519") {
    problems.add(`${path}.publicKey`, type, "is not an ed25519 key", "Name the key that `slipway keys` printed.");
  }
}

function keyType(pem: string): string | null {
  try {
    return createPublicKey(pem).asymmetricKeyType ?? null;
  } catch {
    return null;
  }
}
