import type { Outcome } from "./gate-verdict";

/** Failed if any failed, else undecided if any is undecided or nothing was judged at all, else passed. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("failed")) return "failed";
  if (outcomes.length === 0 || outcomes.includes("undecided")) return "undecided";
  return "passed";
}
