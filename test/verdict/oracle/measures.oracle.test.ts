import type { FairnessMeasure, MetricName } from "../../../lib/blueprint/policy/policy-document";
import { calibrationWithinGroups } from "../../../lib/verdict/fairness/calibration";
import { selectionMeasures } from "../../../lib/verdict/fairness/fairness-measures";
import { countGroups } from "../../../lib/verdict/fairness/group-counts";
import { metricStatistic } from "../../../lib/verdict/measures/metric-statistic";
import { rankRows } from "../../../lib/verdict/measures/ranked-rows";
import { selectionBy } from "../../../lib/verdict/measures/selection";
import { clusterBootstrap, type Resampled, type Statistic } from "../../../lib/verdict/resampling/cluster-bootstrap";
import { percentileInterval } from "../../../lib/verdict/resampling/percentile-interval";
import { describeWith, pythonWith } from "../../tools";
import { askAboutRows, type OracleCase } from "./ask-oracle";
import { oracleRows } from "./oracle-cases";

const metricsOf: Readonly<Record<OracleCase["task"], readonly MetricName[]>> = {
  classification: ["auc", "averagePrecision", "logLoss", "brierScore", "accuracy", "precision", "recall", "f1"],
  regression: ["rmse", "mae", "r2"],
};
const fairnessOf = [...Object.keys(selectionMeasures), "calibrationWithinGroups"] as FairnessMeasure[];

type Measured = Readonly<Record<string, Resampled>>;

/** Every figure of the rows by our own code, and the resamples it was computed on. */
function measure(rows: Omit<OracleCase, "counts">): { measured: Measured; counts: number[][] } {
  const statistics = statisticsOf(rows);
  const counts: number[][] = [];
  const clusters = Math.max(...rows.cluster) + 1;
  const figures = (drawn: Uint32Array): number[] => {
    counts.push([...drawn]);
    return Object.values(statistics).map((statistic) => statistic(drawn));
  };
  const resampled = clusterBootstrap(figures, clusters, { replicates: 6, seed: 5 });
  const measured = Object.fromEntries(Object.keys(statistics).map((name, index) => [name, resampled[index]!]));
  // The first call is the rows as they are.
  return { measured, counts: counts.slice(1) };
}

function statisticsOf({ task, label, score, cluster, group, decision }: Omit<OracleCase, "counts">) {
  const rows = { label: Float64Array.from(label), cluster: Int32Array.from(cluster) };
  const scores = Float64Array.from(score);
  const ofMetrics = metricsOf[task].map((name): [string, Statistic] => [
    name,
    metricStatistic(name, rows, scores, decision),
  ]);
  if (task === "regression") return Object.fromEntries(ofMetrics);
  const ranked = rankRows(rows, scores);
  const groups = Math.max(...group) + 1;
  const counted = countGroups(ranked, selectionBy(decision, ranked), Int32Array.from(group), groups);
  const ofGroups = fairnessOf.map((name): [string, Statistic] => [
    name,
    name === "calibrationWithinGroups"
      ? calibrationWithinGroups(ranked, Int32Array.from(group), groups)
      : (drawn) => selectionMeasures[name](counted(drawn)),
  ]);
  return Object.fromEntries([...ofMetrics, ...ofGroups]);
}

/** Why two figures are not the same; `null` when they are, to 1e-9 of their size. */
function difference(ours: number | undefined, theirs: number | null): string | null {
  if (theirs === null) return Number.isFinite(ours) ? `ours ${String(ours)}, theirs undefined` : null;
  const same = ours !== undefined && Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs));
  return same ? null : `ours ${String(ours)}, theirs ${theirs}`;
}

describeWith(
  () => pythonWith("oracle"),
  "figures of the gate against scikit-learn, fairlearn and numpy",
  (python) => {
    const cases = oracleRows(60).map((rows) => ({ rows, ...measure(rows) }));
    const answers = askAboutRows(
      python,
      cases.map(({ rows, counts }) => ({ ...rows, counts })),
    );

    test.each([...metricsOf.classification, ...metricsOf.regression, ...fairnessOf])("%s", (name) => {
      let compared = 0;
      cases.forEach(({ rows, measured, counts }, index) => {
        const ours = measured[name];
        if (ours === undefined) return;
        const { estimates, replicates, intervals } = answers[index]!;
        const interval = percentileInterval(ours.replicates, rows.confidence);
        const differences = {
          estimate: difference(ours.estimate, estimates[name]!),
          replicates: replicates.map((each, at) => difference(ours.replicates[at], each[name]!)).filter(Boolean),
          lower: difference(interval?.lower, intervals[name]?.[0] ?? null),
          upper: difference(interval?.upper, intervals[name]?.[1] ?? null),
        };
        compared += 1 + counts.length;
        expect({ rows, differences }).toEqual({
          rows,
          differences: { estimate: null, replicates: [], lower: null, upper: null },
        });
      });
      expect(compared).toBeGreaterThan(100);
    });

    test("the area under the curve is the share of pairs that Mann and Whitney count", () => {
      cases.forEach(({ measured }, index) => {
        const theirs = answers[index]!.estimates.mannWhitney;
        if (theirs !== undefined) expect(difference(measured.auc?.estimate, theirs)).toBeNull();
      });
    });
  },
);
