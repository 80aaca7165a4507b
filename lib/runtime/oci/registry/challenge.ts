/** How a registry wants to be asked, from `WWW-Authenticate`. */
export type Challenge =
  { readonly scheme: "basic" } | { readonly scheme: "bearer"; readonly realm: string; readonly service: string | null };

/** Reads the challenges that Slipway can answer, in the order given; a header may hold several (RFC 9110, 11.6.1). */
export function readChallenges(header: string | null): readonly Challenge[] {
  const challenges: Challenge[] = [];
  const schemes =
    /(?:^|,)\s*([A-Za-z][\w-]*)(?:\s+((?:[\w-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,"]+)\s*(?:,\s*(?=[\w-]+\s*=))?)*))?/g;
  for (const [, scheme, text] of (header ?? "").matchAll(schemes)) {
    const parameters = readParameters(text ?? "");
    if (scheme!.toLowerCase() === "basic") challenges.push({ scheme: "basic" });
    const realm = parameters.get("realm");
    if (scheme!.toLowerCase() === "bearer" && realm !== undefined) {
      challenges.push({ scheme: "bearer", realm, service: parameters.get("service") ?? null });
    }
  }
  return challenges;
}

function readParameters(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return new Map(
    [...found].map(([, name, quoted, bare]) => [name!.toLowerCase(), bare ?? quoted!.replace(/\\(.)/g, "$1")]),
  );
}
