/** The figures of group-metrics.bench.ts by Slipway's own gate code: CPU seconds per stage and peak memory as JSON. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDbSession } from "../../lib/runtime/duckdb/session";
import { readHeldOutRows } from "../../lib/runtime/gate/read-held-out-rows";
import { selectionMeasures } from "../../lib/verdict/fairness/fairness-measures";
import { countGroups } from "../../lib/verdict/fairness/group-counts";
import { rankRows } from "../../lib/verdict/measures/ranked-rows";
import { auc } from "../../lib/verdict/measures/ranking-metrics";
import { selectionBy } from "../../lib/verdict/measures/selection";

async function main(labels: string, candidate: string, fraction: number): Promise<void> {
  const stages: Record<string, number> = {};
  let clock = process.cpuUsage();
  const done = (stage: string): void => {
    const used = process.cpuUsage(clock);
    stages[stage] = (used.user + used.system) / 1e6;
    clock = process.cpuUsage();
  };
  const temporary = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    const rows = await DuckDbSession.with({ temporary, reads: [labels, candidate] }, (session) =>
      readHeldOutRows(session, { labels, candidate, production: null, anchors: new Map() }),
    );
    done("read");
    const once = new Uint32Array(rows.clusters).fill(1);
    const ranked = rankRows(rows, rows.score);
    const { codes, values } = rows.columns.get("female")!;
    const selection = selectionBy({ kind: "topFraction", fraction }, ranked);
    const groups = countGroups(ranked, selection, codes, values.length)(once);
    const figures = Object.values(selectionMeasures).map((measure) => measure(groups));
    done("groups");
    figures.push(auc(ranked)(once));
    done("auc");
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ stages, figures, peakMiB, version: `Node ${process.version}` }));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

const [labels, candidate, fraction] = process.argv.slice(2);
void main(labels!, candidate!, Number(fraction));
