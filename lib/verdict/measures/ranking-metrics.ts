import type { Statistic } from "../resampling/cluster-bootstrap";
import type { RankedRows } from "./ranked-rows";

/** Area under the ROC curve by ranks, ties counted half (Hanley & McNeil 1982); NaN with one class only. */
export function auc({ label, cluster, tieEnds }: RankedRows): Statistic {
  return (counts) => {
    let positives = 0;
    let negatives = 0;
    let wins = 0;
    let rank = 0;
    for (const end of tieEnds) {
      let tiedPositives = 0;
      let tiedNegatives = 0;
      for (; rank < end; rank++) {
        const weight = counts[cluster[rank]!]!;
        if (label[rank] === 1) tiedPositives += weight;
        else tiedNegatives += weight;
      }
      wins += tiedNegatives * (positives + tiedPositives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
    }
    return wins / (positives * negatives);
  };
}

/** Sum over thresholds of precision times the gain in recall, without interpolation, as scikit-learn defines it; NaN without positives. */
export function averagePrecision({ label, cluster, tieEnds }: RankedRows): Statistic {
  return (counts) => {
    let positives = 0;
    let selected = 0;
    let area = 0;
    let rank = 0;
    for (const end of tieEnds) {
      const before = positives;
      for (; rank < end; rank++) {
        const weight = counts[cluster[rank]!]!;
        selected += weight;
        if (label[rank] === 1) positives += weight;
      }
      if (selected > 0) area += (positives - before) * (positives / selected);
    }
    return area / positives;
  };
}
