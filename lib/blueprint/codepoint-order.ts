/** Orders texts by codepoint, the same on any machine; in UTF-8 that is the order of their bytes. */
export function byCodepoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
