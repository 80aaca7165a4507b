import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folder below the user's cache directory in which test tools are kept from one run to the next. */
export function cacheFolder(...path: string[]): string {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(base, "slipway", ...path);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The part of a cached tool's name that changes whenever what it is made from changes. */
export function shortDigest(...contents: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content).update("\0");
  return hash.digest("hex").slice(0, 12);
}
