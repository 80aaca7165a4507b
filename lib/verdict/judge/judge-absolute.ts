import type { AbsoluteThreshold } from "../../blueprint/policy/policy-document";
import { metricStatistic } from "../measures/metric-statistic";
import { percentileInterval } from "../resampling/percentile-interval";
import { finding, finiteOrNull, sizeOf } from "./finding";
import { judgeLimit } from "./judge-limit";
import type { Case, Question } from "./question";
import { isClassification } from "./unusable-rows";

/** `auc at least 0.7` over all rows. */
export function absoluteQuestion(path: string, threshold: AbsoluteThreshold, { policy, rows }: Case): Question {
  const statistic = metricStatistic(threshold.metric, rows, rows.score, policy.decision);
  return {
    figures: (counts) => [statistic(counts)],
    conclude: ([resampled]) => {
      const { estimate, replicates } = resampled!;
      const interval = percentileInterval(replicates, policy.confidence);
      return [
        finding({
          threshold: path,
          title: titleOf(threshold),
          measure: threshold.metric,
          comparison: threshold.comparison,
          limit: threshold.limit,
          value: finiteOrNull(estimate),
          interval,
          ...sizeOf(rows, isClassification(policy)),
          ...judgeLimit(estimate, interval, threshold),
        }),
      ];
    },
  };
}

/** The limit in words. */
export function titleOf({ metric, comparison, limit, on }: AbsoluteThreshold): string {
  const bound = on === "confidenceBound" ? `${comparison === "atLeast" ? "lower" : "upper"} confidence bound of ` : "";
  return `${bound}${metric} ${comparison === "atLeast" ? "at least" : "at most"} ${limit}`;
}
