/** What in-toto statements are signed as. */
export const statementPayloadType = "application/vnd.in-toto+json";

/** A DSSE envelope. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  /** Which key signed: `sha256:...` of its SubjectPublicKeyInfo. A hint for finding the key, never trusted by itself. */
  readonly keyid: string;
  /** Base64. */
  readonly sig: string;
}

/** The bytes that are signed: type and payload with their lengths, so that neither can be read as part of the other. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}
