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

/** Reads a file that should hold one; `null` when it holds something else. */
export function parseSignedStatement(bytes: Uint8Array): SignedStatement | null {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
    return isSignedStatement(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a value read from JSON has the form of a signed statement, so that it can be verified at all. */
export function isSignedStatement(value: unknown): value is SignedStatement {
  const { kind, envelope, bundle } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "sigstore") return isObject(bundle);
  return (
    kind === "dsse" &&
    isObject(envelope) &&
    typeof envelope.payload === "string" &&
    Array.isArray(envelope.signatures) &&
    envelope.signatures.every(
      (each) => isObject(each) && typeof each.keyid === "string" && typeof each.sig === "string",
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
