import { createHash } from "node:crypto";

/**
 * The one way a document of Slipway's is written: keys sorted at every level, two spaces, a trailing newline. The same value
 * gives the same bytes on any machine, so a digest of the text is a digest of what it says.
 */
export function canonicalText(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

/** `sha256:<hex>` of the text's UTF-8 bytes. */
export function textDigest(text: string): string {
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}

/** By code unit, never by locale. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child)]));
}
