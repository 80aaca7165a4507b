/**
 * How long `slipway --help` takes to appear, against Node.js doing nothing and against MLflow's command line. Built first, as users get
 * it; the programs take turns, so that a busy machine slows all of them alike.
 *
 *   npx tsx bench/startup.bench.ts [rounds]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { pythonProgram } from "../test/tools";

interface Candidate {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
}

function main(rounds: number): void {
  const dist = mkdtempSync(join(__dirname, "..", "dist-bench-"));
  try {
    execFileSync("npx", ["tsc", "-p", "tsconfig.build.json", "--outDir", join(dist, "lib")], { stdio: "inherit" });
    writeFileSync(join(dist, "package.json"), '{"version": "0.0.0"}');
    const slipway = join(dist, "lib", "runtime", "main.js");
    const candidates: readonly Candidate[] = [
      { title: "`node -e 0`", program: process.execPath, args: ["-e", "0"] },
      { title: "`slipway --help`", program: process.execPath, args: [slipway, "--help"] },
      { title: "`slipway gate --help`", program: process.execPath, args: [slipway, "gate", "--help"] },
      { title: "`mlflow --help`", program: pythonProgram("mlflow", "mlflow"), args: ["--help"] },
    ];
    const table = report(candidates, measure(candidates, rounds), rounds);
    console.log(table);
    writeFileSync(join(__dirname, "results", "startup.md"), table);
  } finally {
    rmSync(dist, { recursive: true });
  }
}

/** Wall-clock milliseconds of each round, by candidate; the first round warms the file cache and is dropped. */
function measure(candidates: readonly Candidate[], rounds: number): readonly (readonly number[])[] {
  const taken = candidates.map(() => [] as number[]);
  for (let round = 0; round <= rounds; round += 1) {
    candidates.forEach(({ program, args }, index) => {
      const began = process.hrtime.bigint();
      const { status } = spawnSync(program, args, { stdio: "ignore", cwd: tmpdir() });
      if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status ?? "a signal"}`);
      if (round > 0) taken[index]!.push(Number(process.hrtime.bigint() - began) / 1e6);
    });
  }
  return taken;
}

function report(candidates: readonly Candidate[], taken: readonly (readonly number[])[], rounds: number): string {
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const medians = taken.map(median);
  const ratio = (index: number, to: number): string => (medians[index]! / medians[to]!).toFixed(2);
  const rows = candidates.map(
    ({ title }, index) => `| ${title} | ${medians[index]!.toFixed(0)} | ${ratio(index, 0)} | ${ratio(index, 3)} |`,
  );
  return [
    "# Start-up of the command",
    "",
    `\`npx tsx bench/startup.bench.ts ${rounds}\`: median of ${rounds} rounds in turns, ${cpus().length} cores, Node.js ${process.version}.`,
    "",
    "| | milliseconds | times `node -e 0` | times `mlflow --help` |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    "",
    "Commands are loaded when they are called; DuckDB, libsodium and Sigstore only by the commands that need them.",
    "",
  ].join("\n");
}

main(Number(process.argv[2] ?? 15));
