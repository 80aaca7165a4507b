import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildOnce } from "../tools/build-once";
import { cacheFolder, shortDigest } from "../tools/cache-folder";

/** What the package is made from. */
const sources = [
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts",
  "lib",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
];

/**
 * Path of the tarball that `npm run build` and `npm pack` make of this checkout. Built in a copy, so that test files that
 * run side by side do not meet in `dist`, and once for the same sources.
 */
export function packedSlipway(): string {
  const files = sources.flatMap(filesIn).sort();
  const digest = shortDigest(...files.flatMap((file) => [file, readFileSync(file)]));
  const packed = join(cacheFolder("packed"), digest);
  buildOnce(packed, () => {
    const copy = mkdtempSync(join(tmpdir(), "slipway-pack-"));
    try {
      for (const source of sources) cpSync(source, join(copy, source), { recursive: true });
      symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
      execFileSync("npm", ["run", "--silent", "build"], { cwd: copy, stdio: "pipe" });
      mkdirSync(packed);
      execFileSync("npm", ["pack", "--silent", "--pack-destination", packed], { cwd: copy, stdio: "pipe" });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
  return join(
    packed,
    readdirSync(packed).find((name) => name.endsWith(".tgz"))!,
  );
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}
