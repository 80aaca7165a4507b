import { readFileSync } from "node:fs";

interface Package {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, { optional: boolean }>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Package;
const page = readFileSync("docs/decisions/0002-dependencies.md", "utf8");

/** Package names in the first column of the table under a heading. */
function listedUnder(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading))!;
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!).sort();
}

test("every dependency has its reason", () => {
  const peers = Object.keys(manifest.peerDependencies).sort();
  expect(listedUnder("Installed with Slipway")).toEqual(Object.keys(manifest.dependencies).sort());
  expect(listedUnder("Optional peers")).toEqual(peers);
  expect(listedUnder("For development")).toEqual(
    Object.keys(manifest.devDependencies)
      .filter((name) => !peers.includes(name))
      .sort(),
  );
});

test("every peer is optional", () => {
  for (const name of Object.keys(manifest.peerDependencies)) {
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  }
});

test("versions are exact", () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d/.test(version))).toEqual([]);
});
