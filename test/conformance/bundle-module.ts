import { buildSync } from "esbuild";
import { join } from "node:path";

/**
 * A package of GitHub's that holds ECMAScript modules, some of which import JSON: Node reads those in no version that these tests
 * run on, so it is bundled into one file first.
 *
 * @param folder - where the bundle is written
 */
export function bundleModule(name: string, folder: string): unknown {
  const bundle = join(folder, `${name.replace(/\W/g, "-")}.cjs`);
  buildSync({
    stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: join(__dirname, "../..") },
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- made a moment ago
  return require(bundle) as unknown;
}
