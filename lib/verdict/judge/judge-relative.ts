import { metricTraits } from "../../blueprint/policy/metric-traits";
import type { RelativeThreshold } from "../../blueprint/policy/policy-document";
import type { Interval } from "../gate-verdict";
import { metricStatistic } from "../measures/metric-statistic";
import { percentileInterval } from "../resampling/percentile-interval";
import { finding, finiteOrNull, show, sizeOf } from "./finding";
import type { Judged } from "./judge-limit";
import { answered, type Case, type Question } from "./question";
import { isClassification } from "./unusable-rows";

/**
 * Not worse than another model, both scored on the same rows and the same resamples. The value is the loss: how much worse
 * the candidate is, in the metric's own unit.
 */
export function relativeQuestion(path: string, threshold: RelativeThreshold, judged: Case): Question {
  const { policy, rows } = judged;
  const { metric, margin } = threshold;
  const other = threshold.against === "production" ? "production" : `anchor ${threshold.anchor!.slice(0, 19)}`;
  const parts = {
    threshold: path,
    title: `${metric} not worse than ${other} (margin ${margin})`,
    measure: metric,
    comparison: "atMost" as const,
    limit: margin,
    ...sizeOf(rows, isClassification(policy)),
  };
  const otherScore = scoresOf(threshold, judged);
  if (otherScore === null) {
    return answered(
      threshold.against === "production" && judged.firstModel
        ? finding({
            ...parts,
            outcome: "passed",
            reason: "no model was ever in production: there is nothing to be worse than",
          })
        : finding({ ...parts, outcome: "failed", reason: `the held-out rows were not scored by ${other}` }),
    );
  }
  if (otherScore.some((score) => !Number.isFinite(score))) {
    return answered(finding({ ...parts, outcome: "failed", reason: `${other} gave some rows no finite score` }));
  }
  const candidate = metricStatistic(metric, rows, rows.score, policy.decision);
  const reference = metricStatistic(metric, rows, otherScore, policy.decision);
  const sign = metricTraits[metric].better === "higher" ? 1 : -1;
  return {
    figures: (counts) => [sign * (reference(counts) - candidate(counts))],
    conclude: ([resampled]) => {
      const { estimate, replicates } = resampled!;
      const interval = percentileInterval(replicates, policy.confidence);
      return [
        finding({
          ...parts,
          value: finiteOrNull(estimate),
          interval,
          smallestProvableMargin: interval === null ? null : Math.max(0, interval.upper),
          ...judgeLoss(estimate, interval, margin),
        }),
      ];
    },
  };
}

function scoresOf(threshold: RelativeThreshold, { rows }: Case): Float64Array | null {
  if (threshold.against === "production") return rows.productionScore;
  return rows.anchorScores.get(threshold.anchor!) ?? null;
}

function judgeLoss(loss: number, interval: Interval | null, margin: number): Judged {
  if (!Number.isFinite(loss)) return { outcome: "failed", reason: "it could not be measured on these rows" };
  if (interval === null) {
    return { outcome: "undecided", reason: "it is undefined in some resamples, so that it has no interval" };
  }
  if (interval.upper <= margin) return { outcome: "passed", reason: null };
  if (interval.lower > margin) {
    return {
      outcome: "failed",
      reason: `worse by ${show(loss)}, at least ${show(interval.lower)}, where ${show(margin)} is accepted`,
    };
  }
  return {
    outcome: "undecided",
    reason: `the loss may be as large as ${show(interval.upper)}; the smallest margin these rows can prove is ${show(Math.max(0, interval.upper))}`,
  };
}
