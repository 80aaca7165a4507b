import { generateKeyPairSync } from "node:crypto";

/** A new ed25519 key pair, both halves PEM. */
export interface SigningKeyPair {
  /** SubjectPublicKeyInfo: what environments name as signer. */
  readonly publicKey: string;
  /** PKCS8: what `SLIPWAY_SIGNING_KEY` holds. */
  readonly privateKey: string;
}

export function createSigningKeyPair(): SigningKeyPair {
  return generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
