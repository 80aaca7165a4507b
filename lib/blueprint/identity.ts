/**
 * Who somebody or something is, as names: values that one provider's constructs give and another's take, so that neither
 * imports the other.
 */

/** A job of a pipeline as the CI's OpenID Connect provider describes it: what a cloud role, bucket or registry trusts. */
export interface WorkloadIdentity {
  /** `iss` of the token, for example `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** `aud` that the job asks for. */
  readonly audience: string;
  /** Exact `sub` values, any one of which is this identity; never a pattern. May contain deploy-time tokens. */
  readonly subjects: readonly string[];
  /** Further claims that must hold, by name. */
  readonly claims: Readonly<Record<string, string>>;
}

/** Somebody who may approve a promotion, by the name the delivery target knows. */
export interface Approver {
  readonly kind: "team" | "user";
  /** Slug of the team or login of the user, inside the repository's organization. */
  readonly name: string;
}

/** How much stands behind a signature: a protected CI job, or one person's machine. */
export type Assurance = "ci" | "laptop";

/** A signer whose evidence an environment accepts: one entry of the variable `SLIPWAY_SIGNERS`. */
export type TrustedSigner = PublicKeySigner | KeylessSigner;

/** Whoever holds the private half of a key. */
export interface PublicKeySigner {
  /** `ed25519`: a key held by the CI or a laptop; `kms`: a key that never leaves a key management service. */
  readonly kind: "ed25519" | "kms";
  /** Shown where evidence is verified. */
  readonly name: string;
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
  readonly assurance: Assurance;
}

/** A CI job that Sigstore certifies by its OIDC token. */
export interface KeylessSigner {
  readonly kind: "keyless";
  /** Shown where evidence is verified. */
  readonly name: string;
  /** Issuer of the OIDC token that the certificate was given for. */
  readonly issuer: string;
  /** Subject alternative name of the certificate: the workflow file at its ref. */
  readonly identity: string;
  readonly assurance: Assurance;
}
