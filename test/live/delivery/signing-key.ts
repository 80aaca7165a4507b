import { generateKeyPairSync } from "node:crypto";

/** A key pair as `slipway keys` would make it: the private half is the secret, the public half is named by the program. */
export interface SigningKey {
  readonly privatePem: string;
  readonly publicPem: string;
}

export function newSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
