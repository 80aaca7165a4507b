import type { Assurance, KeylessSigner, PublicKeySigner } from "./identity";

/** How much stands behind a key. */
export interface SignerOptions {
  /**
   * What stands behind the signature. Evidence of a laptop is accepted only by environments that name a laptop's signer.
   * @default "ci"
   */
  readonly assurance?: Assurance;
}

/** Whose evidence an environment accepts. */
export class Signer {
  /**
   * The holder of an ed25519 key.
   *
   * @param name - shown where evidence is verified
   * @param publicKey - PEM, as `slipway keys` prints it
   */
  public static ed25519(name: string, publicKey: string, options: SignerOptions = {}): PublicKeySigner {
    return { kind: "ed25519", name, publicKey, assurance: options.assurance ?? "ci" };
  }

  /**
   * Whoever may use a key of a key management service.
   *
   * @param name - shown where evidence is verified
   * @param publicKey - PEM, as the service shows it
   */
  public static kms(name: string, publicKey: string, options: SignerOptions = {}): PublicKeySigner {
    return { kind: "kms", name, publicKey, assurance: options.assurance ?? "ci" };
  }

  /**
   * A CI job, through Sigstore.
   *
   * @param name - shown where evidence is verified
   * @param issuer - of the job's OIDC token
   * @param identity - of the certificate: the workflow file at its ref
   */
  public static keyless(name: string, issuer: string, identity: string): KeylessSigner {
    return { kind: "keyless", name, issuer, identity, assurance: "ci" };
  }
}
