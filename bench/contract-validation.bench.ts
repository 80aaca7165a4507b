/**
 * What it costs to hold 10 and 30 million rows against a contract of twenty checks, beside pandera on polars.
 *
 *   npx tsx bench/contract-validation.bench.ts [millions of rows]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { pythonWith } from "../test/tools";
import { rowsQuery } from "./contract-validation/contract";

interface Cost {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const memoryLimit = 512;
const repetitions = 3;

async function main(millions: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-data-"));
  try {
    const small = join(folder, "small.parquet");
    const large = join(folder, "large.parquet");
    const scattered = join(folder, "scattered.parquet");
    await write(small, rowsQuery(millions * 1e6, "dense"));
    await write(large, rowsQuery(3 * millions * 1e6, "dense"));
    await write(scattered, rowsQuery(millions * 1e6, "scattered"));
    const peerPython = pythonWith("oracle");
    // Alternating, so that a busier machine burdens both alike.
    const runs = Array.from({ length: repetitions }, () => ({
      slipway: slipway(small),
      peer: cost(peerPython, [join(__dirname, "contract-validation", "pandera_peer.py"), small]),
    }));
    const ours = least(runs.map((run) => run.slipway));
    const peer = least(runs.map((run) => run.peer));
    report(millions, { small: ours, large: slipway(large), scattered: slipway(scattered), peer });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(path: string, query: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB", threads: "2" });
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

function slipway(data: string): Cost {
  const script = join(__dirname, "contract-validation", "slipway_side.ts");
  return cost(process.execPath, ["--import", "tsx", script, data, String(memoryLimit)]);
}

function cost(program: string, args: readonly string[]): Cost {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, POLARS_MAX_THREADS: "2" },
  });
  if (status !== 0) throw new Error(stderr);
  const found = JSON.parse(stdout.trim().split("\n").at(-1)!) as Cost & { readonly outcome?: string };
  if (found.outcome !== undefined && found.outcome !== "passed") throw new Error(stdout);
  console.error(program, found);
  return found;
}

/** The run that was disturbed least. */
function least(costs: readonly Cost[]): Cost {
  return {
    cpuSeconds: Math.min(...costs.map((each) => each.cpuSeconds)),
    peakMegabytes: Math.min(...costs.map((each) => each.peakMegabytes)),
  };
}

interface Costs {
  readonly small: Cost;
  readonly large: Cost;
  readonly scattered: Cost;
  readonly peer: Cost;
}

function report(millions: number, { small, large, scattered, peer }: Costs): void {
  const row = (name: string, { cpuSeconds, peakMegabytes }: Cost): string =>
    `| ${name} | ${cpuSeconds.toFixed(1)} s | ${peakMegabytes.toFixed(0)} MiB |`;
  const ratio = (a: number, b: number): string => (a / b).toFixed(2);
  const text = `# Contract validation

\`npx tsx bench/contract-validation.bench.ts ${millions}\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]!.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.

A contract of 20 checks (nulls, ranges, lengths, a pattern, lists, one unique key, row count) over Parquet. Each run is a process of its
own on 2 threads, start-up included; the least of ${repetitions} runs (one, where there is no ratio to the peer's). Slipway's DuckDB may
hold ${memoryLimit} MiB. Peak memory is the largest resident set.

| | CPU | peak memory |
| --- | ---: | ---: |
${row(`Slipway, ${millions} million rows`, small)}
${row(`Slipway, ${3 * millions} million rows`, large)}
${row(`Slipway, ${millions} million rows, scattered keys`, scattered)}
${row(`pandera on polars, ${millions} million rows`, peer)}

| ratio | | aim |
| --- | ---: | ---: |
| CPU, Slipway to pandera on polars | ${ratio(small.cpuSeconds, peer.cpuSeconds)} | at most 1 |
| peak memory, Slipway to pandera on polars | ${ratio(small.peakMegabytes, peer.peakMegabytes)} | at most 0.25 |
| peak memory, ${3 * millions} to ${millions} million rows | ${ratio(large.peakMegabytes, small.peakMegabytes)} | about 1 |
| CPU, with scattered keys | ${ratio(scattered.cpuSeconds, peer.cpuSeconds)} | |
| peak memory, with scattered keys | ${ratio(scattered.peakMegabytes, peer.peakMegabytes)} | |

A key of integers in a limited range is proven unique with one bit for each possible value. Keys scattered over 63 bits, and keys of
text, need a hash table: there the memory limit decides, and the aim for memory is missed.
`;
  writeFileSync(join(__dirname, "results", "contract-validation.md"), text);
  console.log(text);
}

const [millions = "10"] = process.argv.slice(2);
void main(Number(millions));
