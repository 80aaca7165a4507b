import type { Finding, Interval, Outcome } from "../gate-verdict";
import { holds, show } from "./finding";

/** A value held against a limit. */
export interface Judged {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

export interface Limited {
  readonly comparison: Finding["comparison"];
  readonly limit: number;
  readonly on: "estimate" | "confidenceBound";
}

/**
 * Judges one value. On the estimate it passes or fails; on the confidence bound the whole interval must lie on the right
 * side to pass and on the wrong side to fail, and what lies across the limit is undecided. What could not be measured fails.
 */
export function judgeLimit(value: number, interval: Interval | null, limited: Limited): Judged {
  const { comparison, limit, on } = limited;
  if (!Number.isFinite(value)) return { outcome: "failed", reason: "it could not be measured on these rows" };
  if (on === "estimate") {
    if (holds(comparison, value, limit)) return passed;
    return {
      outcome: "failed",
      reason: `${show(value)} is ${comparison === "atLeast" ? "below" : "above"} ${show(limit)}`,
    };
  }
  if (interval === null) {
    return { outcome: "undecided", reason: "it is undefined in some resamples, so that it has no interval" };
  }
  const [pessimistic, optimistic] =
    comparison === "atLeast" ? [interval.lower, interval.upper] : [interval.upper, interval.lower];
  if (holds(comparison, pessimistic, limit)) return passed;
  const bounds = `${show(interval.lower)} to ${show(interval.upper)}`;
  if (holds(comparison, optimistic, limit)) {
    return { outcome: "undecided", reason: `the interval ${bounds} lies across ${show(limit)}` };
  }
  return { outcome: "failed", reason: `the interval ${bounds} lies on the wrong side of ${show(limit)}` };
}

const passed: Judged = { outcome: "passed", reason: null };
