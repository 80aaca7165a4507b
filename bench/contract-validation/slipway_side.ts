/** Validates one file in a process of its own and prints what that cost. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataContract } from "../../lib/blueprint/contract/data-contract";
import { dataFile } from "../../lib/runtime/data/data-file";
import { validateData } from "../../lib/runtime/data/validate-data";
import { DuckDbSession } from "../../lib/runtime/duckdb/session";
import { contract } from "./contract";

async function main(path: string, memoryMegabytes: number): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const file = await dataFile(path);
  const report = await DuckDbSession.with({ temporary, reads: [path], memoryMegabytes, threads: 2 }, (session) =>
    validateData(session, DataContract.fromDocument(contract), file, new Date()),
  );
  rmSync(temporary, { recursive: true });
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(
    JSON.stringify({
      outcome: report.outcome,
      checks: report.checks.length,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      peakMegabytes: maxRSS / 1024,
    }),
  );
}

const [path = "", memory = "512"] = process.argv.slice(2);
void main(path, Number(memory));
