import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { byCodepoint } from "../../blueprint/codepoint-order";
import type { PackageLicense } from "./environment/installed-packages";
import { manifestsBelow } from "./native-builds";

/** An npm package as it stands in a laid runtime. */
export interface NpmPackage {
  /** With its scope: `@duckdb/node-api`. */
  readonly name: string;
  readonly version: string;
  readonly license: PackageLicense;
  /** sha512 of its tarball in hex, which the lock states; `null` where it states another hash. */
  readonly sha512: string | null;
}

/** Entries of package-lock.json by where packages stand. */
export type LockedPackages = Readonly<
  Record<string, { readonly version?: string; readonly integrity?: string } | undefined>
>;

/** The packages below `node_modules`, each version once, in order of their names. */
export async function npmPackages(folder: string, locked: LockedPackages): Promise<readonly NpmPackage[]> {
  const packages = new Map<string, NpmPackage>();
  for (const manifest of await manifestsBelow(join(folder, "node_modules"))) {
    const place = relative(folder, dirname(manifest));
    const stated = JSON.parse(await readFile(manifest, "utf8")) as Stated;
    const name = stated.name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    const version = locked[place]?.version ?? stated.version ?? "";
    packages.set(`${name}@${version}`, {
      name,
      version,
      license: licenseOf(stated),
      sha512: sha512Of(locked[place]?.integrity ?? ""),
    });
  }
  return [...packages].sort(([a], [b]) => byCodepoint(a, b)).map(([, each]) => each);
}

interface Stated {
  readonly name?: string;
  readonly version?: string;
  /** A text; older packages have an object. */
  readonly license?: string | { readonly type?: string };
}

/** npm wants an SPDX expression, or one of two forms that are none. */
function licenseOf({ license }: Stated): PackageLicense {
  const text = typeof license === "object" ? license.type : license;
  if (text === undefined || text === "") return null;
  const isExpression = /^[\w.+():\s-]+$/.test(text) && !/^(UNLICENSED$|SEE LICENSE IN )/.test(text);
  return isExpression && typeof license === "string" ? { expression: text } : { names: [text] };
}

/** An integrity may name several hashes, the strongest of which counts. */
function sha512Of(integrity: string): string | null {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/=]+)/.exec(integrity)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, "base64").toString("hex");
}
