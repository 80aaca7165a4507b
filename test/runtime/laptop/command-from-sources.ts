import { buildSync } from "esbuild";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../temporary-folder";

/**
 * The command as its sources stand, as a program and its first arguments. Translated once per test file: a run starts a dozen
 * processes of it, and translating in each of them would take longer than their work.
 */
export function commandFromSources(): readonly string[] {
  const folder = temporaryFolder();
  const sources = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  buildSync({
    entryPoints: sources.map((path) => join("lib", path)),
    outbase: "lib",
    outdir: join(folder, "dist"),
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  cpSync("lib", join(folder, "dist"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  cpSync("package.json", join(folder, "package.json"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return [process.execPath, join(folder, "dist", "runtime", "main.js")];
}
