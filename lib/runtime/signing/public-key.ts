import { createHash, type KeyObject } from "node:crypto";

/** `sha256:...` of a key's SubjectPublicKeyInfo. */
export function keyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(der).digest("hex")}`;
}
