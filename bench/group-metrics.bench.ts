/**
 * Five fairness measures of two groups and the AUC, from Parquet to figures: the gate's code against fairlearn and
 * scikit-learn, each in a process of its own, on the same files in the same run.
 *
 *   npx tsx bench/group-metrics.bench.ts [rows]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDbSession } from "../lib/runtime/duckdb/session";
import { quoteText } from "../lib/runtime/duckdb/literals";
import { pythonWith } from "../test/tools";

interface Run {
  readonly stages: Readonly<Record<"read" | "groups" | "auc", number>>;
  readonly figures: readonly number[];
  readonly peakMiB: number;
  readonly version: string;
}

const fraction = 0.1;

async function main(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    const [labels, scores] = [join(folder, "labels.parquet"), join(folder, "candidate.parquet")];
    await writeRows(folder, labels, scores, rows);
    const args = [labels, scores, String(fraction)];
    const peer = measured(pythonWith("oracle"), [join(__dirname, "peers", "group_metrics.py"), ...args]);
    const ours = measured(process.execPath, ["--import", "tsx", join(__dirname, "peers", "group-metrics.ts"), ...args]);
    const table = report(rows, ours, peer);
    console.log(table);
    mkdirSync(join(__dirname, "results"), { recursive: true });
    writeFileSync(join(__dirname, "results", "group-metrics.md"), table);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Scores with hardly a tie, labels that follow them, one group that scores higher; five rows of each person. */
async function writeRows(folder: string, labels: string, scores: string, rows: number): Promise<void> {
  await DuckDbSession.with({ temporary: folder, writes: [folder] }, async (session) => {
    await session.run("SELECT setseed(0.5)");
    await session.run(
      `CREATE TABLE drawn AS SELECT range AS slipway_row, random() AS chance, random() AS noise,
       CASE WHEN hash(range // 5) % 2 = 0 THEN 'yes' ELSE 'no' END AS female FROM range(${rows})`,
    );
    const score = "0.8 * noise + CASE female WHEN 'yes' THEN 0.05 ELSE 0 END";
    await session.run(
      `COPY (SELECT slipway_row, CAST(chance < 0.3 * noise AS DOUBLE) AS slipway_label, slipway_row // 5 AS slipway_cluster, female
       FROM drawn ORDER BY slipway_row) TO ${quoteText(labels)}`,
    );
    await session.run(
      `COPY (SELECT slipway_row, ${score} AS score FROM drawn ORDER BY slipway_row) TO ${quoteText(scores)}`,
    );
  });
}

function measured(program: string, args: readonly string[]): Run {
  return JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as Run;
}

function report(rows: number, ours: Run, peer: Run): string {
  const agree = ours.figures.every((figure, index) => Math.abs(figure - peer.figures[index]!) <= 1e-9);
  if (!agree) throw new Error(`the figures differ: ${ours.figures.join(", ")} against ${peer.figures.join(", ")}`);
  const line = (what: string, unit: string, mine: number, theirs: number): string =>
    `| ${what} | ${mine.toFixed(1)} ${unit} | ${theirs.toFixed(1)} ${unit} | ${(theirs / mine).toFixed(1)} |`;
  const total = ({ stages }: Run): number => stages.read + stages.groups + stages.auc;
  const [{ model } = { model: "unknown processor" }] = cpus();
  return [
    "# Group metrics: the gate against fairlearn and scikit-learn",
    "",
    `${rows} rows of two groups in two Parquet files; the top ${100 * fraction} % selected; five fairness measures and the AUC, equal to 1e-9.`,
    "Estimates only: neither side computes intervals. CPU is user and system time of all threads, without start-up.",
    "",
    "| | Slipway | peer | peer / Slipway |",
    "| --- | ---: | ---: | ---: |",
    line("CPU, read and join", "s", ours.stages.read, peer.stages.read),
    line("CPU, decision and group metrics", "s", ours.stages.groups, peer.stages.groups),
    line("CPU, AUC (Slipway: on the ranking that the decision made)", "s", ours.stages.auc, peer.stages.auc),
    line("CPU, together", "s", total(ours), total(peer)),
    line("Peak memory", "MiB", ours.peakMiB, peer.peakMiB),
    "",
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${model.trim()}; ${ours.version}; ${peer.version}.`,
    "",
  ].join("\n");
}

void main(Number(process.argv[2] ?? 10_000_000));
