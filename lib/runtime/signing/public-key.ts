import type { KeyObject } from "node:crypto";
import { textDigest } from "../../blueprint/manifest/canonical-text";

/** `sha256:...` of a key's SubjectPublicKeyInfo. */
export function keyId(publicKey: KeyObject): string {
  return textDigest(publicKey.export({ type: "spki", format: "der" }));
}
