import type { Statistic } from "../resampling/cluster-bootstrap";
import type { RankedRows } from "./ranked-rows";

type RowLoss = (label: number, score: number) => number;

/** Scores this close to 0 or 1 are moved away from them, as scikit-learn does: one sure mistake is a large loss, not an infinite one. */
const probabilityFloor = Number.EPSILON;

/** Mean negative log likelihood of the labels; NaN when a score is no probability. */
export function logLoss(rows: RankedRows): Statistic {
  return meanOf(rows, (label, score) => {
    if (!(score >= 0 && score <= 1)) return Number.NaN;
    const probability = Math.min(Math.max(score, probabilityFloor), 1 - probabilityFloor);
    return -Math.log(label === 1 ? probability : 1 - probability);
  });
}

/** Mean squared distance of probability and label (Brier 1950); NaN when a score is no probability. */
export function brierScore(rows: RankedRows): Statistic {
  return meanOf(rows, (label, score) => (score >= 0 && score <= 1 ? (score - label) ** 2 : Number.NaN));
}

export function meanAbsoluteError(rows: RankedRows): Statistic {
  return meanOf(rows, (label, score) => Math.abs(score - label));
}

export function rootMeanSquaredError(rows: RankedRows): Statistic {
  const mean = meanOf(rows, (label, score) => (score - label) ** 2);
  return (counts) => Math.sqrt(mean(counts));
}

/** Share of the labels' variance that the scores explain; NaN when the labels do not vary. */
export function r2(rows: RankedRows): Statistic {
  const { label, score, cluster, count } = rows;
  const meanLabel = meanOf(rows, (each) => each);
  return (counts) => {
    const mean = meanLabel(counts);
    let unexplained = 0;
    let total = 0;
    for (let rank = 0; rank < count; rank++) {
      const weight = counts[cluster[rank]!]!;
      unexplained += weight * (label[rank]! - score[rank]!) ** 2;
      total += weight * (label[rank]! - mean) ** 2;
    }
    return total === 0 ? Number.NaN : 1 - unexplained / total;
  };
}

/** The weighted mean of a loss that is computed once per row. */
function meanOf({ label, score, cluster, count }: RankedRows, loss: RowLoss): Statistic {
  const losses = new Float64Array(count);
  for (let rank = 0; rank < count; rank++) losses[rank] = loss(label[rank]!, score[rank]!);
  return (counts) => {
    let weights = 0;
    let sum = 0;
    for (let rank = 0; rank < count; rank++) {
      const weight = counts[cluster[rank]!]!;
      weights += weight;
      sum += weight * losses[rank]!;
    }
    return sum / weights;
  };
}
