import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Runs every `*.bench.ts` below this folder, or those whose path contains the given word, one after the other. */
const [word = ""] = process.argv.slice(2);
const benches = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".bench.ts") && file.includes(word))
  .sort();

let failed = 0;
for (const bench of benches) {
  console.log(`\n# ${bench}`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", join(__dirname, bench)], { stdio: "inherit" });
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
