import type { DecisionRule } from "./policy-document";

/**
 * The rows with the highest scores are selected, never more than the given share of all rows: those that tie at the cut are
 * selected together or not at all.
 *
 * @param fraction - between 0 and 1, both excluded; 0.1 selects the top 10 %
 */
export function topFraction(fraction: number): DecisionRule {
  return { kind: "topFraction", fraction };
}

/**
 * Rows whose score is at least the given one are selected.
 *
 * @param score - on the scale of the model's scores
 */
export function scoreAtLeast(score: number): DecisionRule {
  return { kind: "scoreAtLeast", score };
}
