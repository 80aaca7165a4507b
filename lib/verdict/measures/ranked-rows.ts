import type { HeldOutRows } from "../held-out-rows";
import { fallingOrder } from "./falling-order";

/** Rows of one model's scores, best score first, with what every ranking metric needs laid out for one pass. */
export interface RankedRows {
  readonly count: number;
  readonly label: Float64Array;
  readonly score: Float64Array;
  readonly cluster: Int32Array;
  /** Index of the row in the held-out rows. */
  readonly row: Uint32Array;
  /** One past the last row of each run of equal scores, in order. */
  readonly tieEnds: Uint32Array;
}

/**
 * Sorts rows by falling score.
 *
 * @param keep - which rows take part
 * @default keep - all of them
 */
export function rankRows(
  rows: Pick<HeldOutRows, "label" | "cluster">,
  score: Float64Array,
  keep?: (row: number) => boolean,
): RankedRows {
  const row = rowsByFallingScore(score, keep);
  const count = row.length;
  const ranked = {
    count,
    row,
    label: new Float64Array(count),
    score: new Float64Array(count),
    cluster: new Int32Array(count),
  };
  for (let rank = 0; rank < count; rank++) {
    const index = row[rank]!;
    ranked.label[rank] = rows.label[index]!;
    ranked.score[rank] = score[index]!;
    ranked.cluster[rank] = rows.cluster[index]!;
  }
  return { ...ranked, tieEnds: tieEndsOf(ranked.score) };
}

function rowsByFallingScore(score: Float64Array, keep: ((row: number) => boolean) | undefined): Uint32Array {
  const all = new Uint32Array(score.length);
  for (let row = 0; row < all.length; row++) all[row] = row;
  return fallingOrder(score, keep === undefined ? all : all.filter(keep));
}

function tieEndsOf(score: Float64Array): Uint32Array {
  const ends = new Uint32Array(score.length);
  let ties = 0;
  for (let rank = 1; rank <= score.length; rank++) {
    if (rank === score.length || score[rank] !== score[rank - 1]) ends[ties++] = rank;
  }
  return ends.slice(0, ties);
}
