import { createHash } from "node:crypto";

/**
 * The one way a document of Slipway's is written: keys sorted at every level, two spaces, a trailing newline. The same value
 * gives the same bytes on any machine, so a digest of the text is a digest of what it says.
 *
 * Terraform normalises strings to Unicode NFC on their way to the repository. A text that this would change is written with
 * its characters beyond ASCII as `\uXXXX`, which says the same.
 */
export function canonicalText(value: unknown): string {
  const text = `${JSON.stringify(sortKeys(value), null, 2)}\n`;
  return text.normalize("NFC") === text ? text : text.replace(/[^\x00-\x7f]/g, unicodeEscape);
}

/** Of one UTF-16 code unit, as JSON counts them. */
function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `sha256:<hex>` of a text's UTF-8 bytes. */
export function textDigest(text: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** By code unit, never by locale. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child)]));
}
