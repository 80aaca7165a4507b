import type { Bundle } from "sigstore";
import type { Envelope } from "./dsse";

/** A signed statement as evidence and promotion records carry it. */
export type SignedStatement =
  | { readonly kind: "dsse"; readonly envelope: Envelope }
  /** Keyless: certificate and transparency log entry travel with the envelope. */
  | { readonly kind: "sigstore"; readonly bundle: Bundle };

/** Signs payloads of in-toto statements. */
export interface Signer {
  /** For messages: `ed25519 key sha256:...`, `KMS key arn:...`, `keyless identity of this job`. */
  readonly name: string;
  sign(payload: Uint8Array): Promise<SignedStatement>;
}

/** The payload of a signed statement, which nobody should believe before it is verified. */
export function payloadOf(signed: SignedStatement): Buffer {
  const envelope = signed.kind === "dsse" ? signed.envelope : signed.bundle.dsseEnvelope;
  return Buffer.from(envelope?.payload ?? "", "base64");
}
