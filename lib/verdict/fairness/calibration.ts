import type { RankedRows } from "../measures/ranked-rows";
import type { Statistic } from "../resampling/cluster-bootstrap";

/** Scores are compared with outcomes in this many bins of equal width. */
const calibrationBins = 10;

/**
 * The largest expected calibration error of any group: within each group, the mean distance over score bins between the
 * mean score and the share of positives, weighted by rows (Naeini, Cooper & Hauskrecht 2015). NaN when a score is no
 * probability or a group is empty.
 */
export function calibrationWithinGroups(ranked: RankedRows, groupOf: Int32Array, groups: number): Statistic {
  const { count, label, score, cluster, row } = ranked;
  const cell = new Int32Array(count);
  for (let rank = 0; rank < count; rank++) {
    if (!(score[rank]! >= 0 && score[rank]! <= 1)) return () => Number.NaN;
    const bin = Math.min(Math.floor(score[rank]! * calibrationBins), calibrationBins - 1);
    cell[rank] = groupOf[row[rank]!]! * calibrationBins + bin;
  }
  return (counts) => {
    const rowsIn = new Float64Array(groups);
    const excess = new Float64Array(groups * calibrationBins);
    for (let rank = 0; rank < count; rank++) {
      const weight = counts[cluster[rank]!]!;
      const at = cell[rank]!;
      rowsIn[Math.floor(at / calibrationBins)]! += weight;
      excess[at]! += weight * (score[rank]! - label[rank]!);
    }
    let worst = 0;
    for (let group = 0; group < groups; group++) {
      const bins = excess.subarray(group * calibrationBins, (group + 1) * calibrationBins);
      const error = bins.reduce((sum, bin) => sum + Math.abs(bin), 0) / rowsIn[group]!;
      worst = Math.max(worst, error);
    }
    return worst;
  };
}
