import type { DecisionRule } from "../../blueprint/policy/policy-document";
import type { ClusterCounts } from "../resampling/cluster-bootstrap";
import type { RankedRows } from "./ranked-rows";

/** How many of the ranked rows are selected, from the top. */
export type Selection = (counts: ClusterCounts) => number;

/** Rounding of `fraction * rows` must not lose a row: 0.1 * 30 is 3.0000000000000004 or 2.9999999999999996. */
const rounding = 1e-9;

/**
 * Applies a decision rule to ranked rows. With `topFraction` never more than the fraction is selected: rows that tie at the
 * cut are selected together when all of them fit, and left out together when they do not.
 */
export function selectionBy(decision: DecisionRule, rows: RankedRows): Selection {
  if (decision.kind === "scoreAtLeast") {
    const selected = rows.score.filter((score) => score >= decision.score).length;
    return () => selected;
  }
  return (counts) => topFractionOf(rows, decision.fraction, counts);
}

function topFractionOf({ count, cluster, tieEnds }: RankedRows, fraction: number, counts: ClusterCounts): number {
  let total = 0;
  for (let rank = 0; rank < count; rank++) total += counts[cluster[rank]!]!;
  const room = fraction * total + rounding;
  let taken = 0;
  let selected = 0;
  for (const end of tieEnds) {
    let tied = 0;
    for (let rank = selected; rank < end; rank++) tied += counts[cluster[rank]!]!;
    if (taken + tied > room) break;
    taken += tied;
    selected = end;
  }
  return selected;
}
