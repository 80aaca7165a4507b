import type { SigningDocument } from "./pipeline-document";

/** How the gate signs its evidence and promotion its records. */
export class Signing {
  /** With the identity of the CI job, through Sigstore: no key is kept anywhere. */
  public static keyless(): Signing {
    return new Signing({ kind: "keyless" });
  }

  /**
   * With an asymmetric key of AWS KMS that never leaves it.
   *
   * @param keyId - the key's id, ARN or alias, for example `alias/gate`
   */
  public static kms(keyId: string, options: KmsOptions): Signing {
    return new Signing({ kind: "kms", keyId, region: options.region });
  }

  /** With an ed25519 key in the secret `SLIPWAY_SIGNING_KEY`, put there by `slipway keys`. For laptops, tests and closed networks. */
  public static ed25519(): Signing {
    return new Signing({ kind: "ed25519" });
  }

  private constructor(public readonly document: SigningDocument) {}
}

/** Where a key lives. */
export interface KmsOptions {
  /** AWS region of the key, for example `eu-central-1`. */
  readonly region: string;
}
