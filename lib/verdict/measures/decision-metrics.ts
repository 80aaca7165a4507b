import type { Statistic } from "../resampling/cluster-bootstrap";
import type { RankedRows } from "./ranked-rows";
import type { Selection } from "./selection";

/** Ranked rows with the decision taken over all of them; a slice is judged by the decision that everyone is subject to. */
export interface DecidedRows {
  readonly ranked: RankedRows;
  readonly selection: Selection;
  /** 1 for each rank that belongs to the slice; `null` for all rows. */
  readonly members: Uint8Array | null;
}

interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export function accuracy(rows: DecidedRows): Statistic {
  return fromConfusion(rows, (c) => (c.truePositives + c.trueNegatives) / totalOf(c));
}

/** NaN when nothing is selected. */
export function precision(rows: DecidedRows): Statistic {
  return fromConfusion(rows, (c) => c.truePositives / (c.truePositives + c.falsePositives));
}

/** NaN without positives. */
export function recall(rows: DecidedRows): Statistic {
  return fromConfusion(rows, (c) => c.truePositives / (c.truePositives + c.falseNegatives));
}

/** NaN when there is neither a positive nor a selected row. */
export function f1(rows: DecidedRows): Statistic {
  return fromConfusion(
    rows,
    (c) => (2 * c.truePositives) / (2 * c.truePositives + c.falsePositives + c.falseNegatives),
  );
}

function totalOf(confusion: Confusion): number {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  return truePositives + falsePositives + falseNegatives + trueNegatives;
}

function fromConfusion(
  { ranked, selection, members }: DecidedRows,
  figure: (confusion: Confusion) => number,
): Statistic {
  const { count, label, cluster } = ranked;
  return (counts) => {
    const selected = selection(counts);
    let truePositives = 0;
    let falsePositives = 0;
    let falseNegatives = 0;
    let trueNegatives = 0;
    for (let rank = 0; rank < count; rank++) {
      if (members?.[rank] === 0) continue;
      const weight = counts[cluster[rank]!]!;
      if (label[rank] === 1) {
        if (rank < selected) truePositives += weight;
        else falseNegatives += weight;
      } else if (rank < selected) falsePositives += weight;
      else trueNegatives += weight;
    }
    return figure({ truePositives, falsePositives, falseNegatives, trueNegatives });
  };
}
