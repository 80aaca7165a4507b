import type { RankedRows } from "../measures/ranked-rows";
import type { Selection } from "../measures/selection";
import type { ClusterCounts } from "../resampling/cluster-bootstrap";

/** How many rows of one group there are, are positive, are selected, and are both. */
export interface GroupCounts {
  rows: number;
  positives: number;
  selected: number;
  selectedPositives: number;
}

/**
 * Counts groups in one pass.
 *
 * @param groupOf - group number of each held-out row
 * @param groups - how many groups there are
 */
export function countGroups(
  ranked: RankedRows,
  selection: Selection,
  groupOf: Int32Array,
  groups: number,
): (counts: ClusterCounts) => readonly GroupCounts[] {
  const group = Int32Array.from(ranked.row, (row) => groupOf[row]!);
  const { count, label, cluster } = ranked;
  return (counts) => {
    const found = Array.from({ length: groups }, () => ({ rows: 0, positives: 0, selected: 0, selectedPositives: 0 }));
    const selected = selection(counts);
    for (let rank = 0; rank < count; rank++) {
      const weight = counts[cluster[rank]!]!;
      const of = found[group[rank]!]!;
      of.rows += weight;
      if (rank < selected) of.selected += weight;
      if (label[rank] !== 1) continue;
      of.positives += weight;
      if (rank < selected) of.selectedPositives += weight;
    }
    return found;
  };
}

export function selectionRate(group: GroupCounts): number {
  return group.selected / group.rows;
}

export function truePositiveRate(group: GroupCounts): number {
  return group.selectedPositives / group.positives;
}

export function falsePositiveRate(group: GroupCounts): number {
  return (group.selected - group.selectedPositives) / (group.rows - group.positives);
}
