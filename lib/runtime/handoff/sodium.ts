import type * as sodiumApi from "libsodium-wrappers";
import { BrokenEnvironmentError } from "../refusals";

export type Sodium = typeof sodiumApi;

/** libsodium, compiled to WebAssembly: ready only after it was awaited, and loaded only by who seals or opens. */
export async function loadSodium(): Promise<Sodium> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- slow to load, and most commands seal nothing
  const sodium = require("libsodium-wrappers") as Sodium;
  await sodium.ready;
  return sodium;
}

/** A key pair for hand-offs, both halves base64: whoever has the public half can seal, only the private half opens. */
export interface HandoffKeyPair {
  readonly recipient: string;
  readonly key: string;
}

export async function createHandoffKeyPair(): Promise<HandoffKeyPair> {
  const sodium = await loadSodium();
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  return { recipient: Buffer.from(publicKey).toString("base64"), key: Buffer.from(privateKey).toString("base64") };
}

/**
 * Reads a base64 key of 32 bytes; the message never shows a private one.
 *
 * @throws BrokenEnvironmentError when it is missing or something else
 */
export function readKey(
  name: "SLIPWAY_HANDOFF_RECIPIENT" | "SLIPWAY_HANDOFF_KEY",
  text: string | undefined,
): Uint8Array {
  const key = Buffer.from(text?.trim() ?? "", "base64");
  if (key.length === 32) return key;
  throw new BrokenEnvironmentError(
    text === undefined || text === "" ? `${name} is not set` : `${name} is no key of 32 bytes in base64`,
    "Let `slipway keys install` put both halves of a hand-off key into the pipeline's environments.",
  );
}
