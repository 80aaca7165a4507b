import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { byCodepoint } from "../../../blueprint/codepoint-order";

/** What a package says about its license: an SPDX expression where it has one, else the names it gives, else `null`. */
export type PackageLicense = { readonly expression: string } | { readonly names: readonly string[] } | null;

/** A Python package as it stands in a laid environment. */
export interface InstalledPackage {
  /** As the package writes it. */
  readonly name: string;
  readonly version: string;
  readonly license: PackageLicense;
  /** What the wheel was built for, for example `cp311-cp311-manylinux_2_17_x86_64`. */
  readonly wheelTags: readonly string[];
}

/** Reads the packages of a folder of site packages, in order of their names. */
export async function installedPackages(folder: string): Promise<readonly InstalledPackage[]> {
  const infos = (await readdir(folder)).filter((name) => name.endsWith(".dist-info")).sort(byCodepoint);
  return await Promise.all(
    infos.map(async (info) => {
      const metadata = headersOf(await readFile(join(folder, info, "METADATA"), "utf8"));
      const wheel = headersOf(await readFile(join(folder, info, "WHEEL"), "utf8").catch(() => ""));
      return {
        name: metadata.get("name")?.[0] ?? "",
        version: metadata.get("version")?.[0] ?? "",
        license: licenseOf(metadata),
        wheelTags: wheel.get("tag") ?? [],
      };
    }),
  );
}

type Headers = ReadonlyMap<string, readonly string[]>;

/** The headers before the first empty line; of those that go on over several lines, the first line. */
function headersOf(text: string): Headers {
  const headers = new Map<string, string[]>();
  for (const line of text.split(/\r?\n\r?\n/)[0]!.split(/\r?\n/)) {
    const match = /^([A-Za-z-]+):\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const name = match[1]!.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), match[2]!]);
  }
  return headers;
}

function licenseOf(metadata: Headers): PackageLicense {
  const expression = metadata.get("license-expression")?.[0];
  if (expression !== undefined && expression !== "") return { expression };
  const classified = (metadata.get("classifier") ?? [])
    .filter((each) => each.startsWith("License ::"))
    .map((each) => each.split("::").at(-1)!.trim());
  if (classified.length > 0) return { names: [...new Set(classified)].sort(byCodepoint) };
  const stated = metadata.get("license")?.[0];
  return stated === undefined || ["", "UNKNOWN"].includes(stated) ? null : { names: [stated] };
}
